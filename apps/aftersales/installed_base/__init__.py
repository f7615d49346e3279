"""The installed base: products of customers, their serial numbers and who owns them."""
