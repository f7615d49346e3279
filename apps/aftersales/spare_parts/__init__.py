"""Spare parts: what fits, what comes back, what is in the vans."""
