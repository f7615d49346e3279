"""Where a user lands after logging in: on the page of the daily work, as the app's roles say.

The desk goes there once in a session, and only where it would have shown its start page
(public/js/home_pages.js): a default workspace or app of the user, a link, and the way back stay as they are.
Customers land on their service pages by `role_home_page`, which an administrator overrides in Role, Home Page.
"""

import frappe

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


def tell_desk(bootinfo: frappe._dict) -> None:
	"""extend_bootinfo: the page on which the user's session begins."""
	user = frappe.session.user
	if user in ("Administrator", "Guest"):
		return
	chosen = frappe.db.get_value("User", user, ["default_workspace", "default_app"])
	if not any(chosen or ()):
		bootinfo.aftersales_home = home_of(set(frappe.get_roles(user)))
