"""What a product file learns from the sale: made by a delivery, warranty by its terms, installed, taken back."""
