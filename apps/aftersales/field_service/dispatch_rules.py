"""Whether a technician is free: decisions without frappe (R-SV-1)."""

from datetime import datetime


def overlap(start_a: datetime, end_a: datetime, start_b: datetime, end_b: datetime) -> bool:
	"""True when two visits share time; one that begins as the other ends does not overlap it."""
	return start_a < end_b and start_b < end_a
