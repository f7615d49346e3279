"""Messages before and on the day of a visit, for sites from before; customers are written to once the settings say how early."""

from aftersales.setup import defaults

NOTIFICATIONS = ("Customer: Visit Reminder", "Customer: Estimated Time")
MESSAGES = ("Visit Reminder", "Estimated Time")


def execute() -> None:
	defaults.insert_missing(["Notification"], NOTIFICATIONS)
	defaults.insert_missing(["Customer Message"], MESSAGES)
