"""What is known of products: documents, articles, past solutions, bulletins and recalls."""
