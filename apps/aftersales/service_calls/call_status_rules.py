"""Statuses of a Repair Call by what is left to do for the customer. Pure."""

FINISHED = ("Resolved", "Closed")
"""The customer was served."""

CLOSED = ("Closed", "Cancelled")
"""Nothing is left to do or to ask."""

NO_WORK_LEFT = ("Resolved", "Closed", "Cancelled")
"""Nobody has to come or to repair any more."""
