"""What the dialog Finish Visit proposes. Pure."""

from datetime import datetime, timedelta

QUARTER = timedelta(minutes=15)


def arrival(planned_start: datetime | None, now: datetime) -> datetime:
	"""When the technician arrived, where nobody has said so: as planned, unless that is still to come."""
	return planned_start if planned_start and planned_start <= now else now


def hours_on_site(arrived_at: datetime, now: datetime) -> float:
	"""Hours from arrival until now in quarters of an hour, rounded up; at least one quarter, at most ten hours."""
	quarters = -((arrived_at - now) // QUARTER)
	return min(max(quarters, 1), 40) / 4
