"""Where a user lands after logging in: on the page of the daily work, as the app's roles say.

The desk goes there once in a session, and only where it would have shown its start page
(public/js/home_pages.js): a default workspace or app of the user, a link, and the way back stay as they are.
Customers land on their service pages by `role_home_page`, which an administrator overrides in Role, Home Page.
"""

import frappe

from aftersales.setup.home_page_rules import home_of


def tell_desk(bootinfo: frappe._dict) -> None:
	"""extend_bootinfo: the page on which the user's session begins."""
	user = frappe.session.user
	if user in ("Administrator", "Guest"):
		return
	chosen = frappe.db.get_value("User", user, ["default_workspace", "default_app"])
	if not any(chosen or ()):
		bootinfo.aftersales_home = home_of(set(frappe.get_roles(user)))
