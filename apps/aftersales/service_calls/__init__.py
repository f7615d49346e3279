"""Repair calls and what stands behind them: what covers a product, what was repaired before."""
