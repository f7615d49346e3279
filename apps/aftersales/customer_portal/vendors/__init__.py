"""What vendors and makers see by a link of theirs."""
