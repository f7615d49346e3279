"""What does not fit between jobs and the books: the queries, by subject (R-AC-6)."""
