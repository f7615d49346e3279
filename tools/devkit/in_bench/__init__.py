"""Scripts that run inside the bench's environment, with Frappe importable."""
