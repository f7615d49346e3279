"""Roles that stand behind more than one rule of the app; the rights themselves are in the DocTypes' permissions."""

RECEIVING_ROLES = ("Service Accountant", "Service Manager")
"""Users who take cash in, and link payments to it."""
