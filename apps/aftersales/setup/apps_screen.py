"""The app's tile on the screen of apps."""

from aftersales.core.guards import has_any_role
from aftersales.setup.roles import ROLES


def has_permission() -> bool:
	"""True for users who hold a role of the app."""
	return has_any_role((*ROLES, "System Manager"))
