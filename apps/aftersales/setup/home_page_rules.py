"""On which page a role's session of the desk begins (home_pages.py tells the desk)."""

HOMES = (
	("Service Manager", "dashboard-view/After-sales Service"),
	("Service Accountant", "billing-desk"),
	("Service Supervisor", "dispatch-board"),
	("Service Agent", "phone-desk"),
	("Workshop Technician", "workshop-board"),
	("Service Technician", "/technician"),
	("Product Specialist", "aftersales"),
)
"""Role and page of the desk, or an address outside it; of several roles the first counts, save for the foreman."""

FOREMAN = {"Service Supervisor", "Workshop Technician"}
ADMINISTRATORS = {"System Manager", "Administrator"}
"""They have the whole of ERPNext before them: the desk's own start page."""


def home_of(roles: set[str]) -> str | None:
	"""The page on which a user with `roles` lands; None for the desk's own start page."""
	if roles & ADMINISTRATORS:
		return None
	if FOREMAN <= roles and "Service Manager" not in roles:
		return "workshop-board"
	return next((page for role, page in HOMES if role in roles), None)
