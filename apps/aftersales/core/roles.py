"""Roles that stand behind more than one rule of the app; what a role can read and write is in the DocTypes' permissions."""

AGENT = "Service Agent"
SUPERVISOR = "Service Supervisor"
MANAGER = "Service Manager"
ACCOUNTANT = "Service Accountant"

DESK = (AGENT, SUPERVISOR, MANAGER)
"""Users who take calls."""

SUPERVISORS = (SUPERVISOR, MANAGER)
"""Users who decide what others must not."""

ACCOUNTANTS = (ACCOUNTANT, MANAGER)
"""Users who bill, take cash in and settle claims."""

SUPERVISORS_AND_ACCOUNTANTS = (SUPERVISOR, MANAGER, ACCOUNTANT)
"""Users who see and authorise what is charged."""
