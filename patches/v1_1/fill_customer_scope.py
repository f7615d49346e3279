"""Documents about a customer carry its territory and group, by which User Permissions restrict users."""

from aftersales.core import customer_scope


def execute() -> None:
	customer_scope.fill()
