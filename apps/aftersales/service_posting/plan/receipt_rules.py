"""Receipts for cash: decisions without frappe."""

from collections.abc import Iterable


def reference_of(receipts: Iterable[str]) -> str:
	"""The reference of the payment that books these receipts, as long as ERPNext's field allows."""
	return ", ".join(receipts)[:140]
