"""Meters of products: what they read when, how much a product is used in a day."""
