"""The workspace belongs to a module that every role reads something of: Frappe shows it to nobody else.

Accountants and product specialists saw none since the module Service Desk was left with documents of the desk.
An edited workspace is not replaced by the shipped one, so its module is set here.
"""

import frappe

MODULE = "Service Setup"
ROLE = "Product Specialist"


def execute() -> None:
	for doctype in ("Workspace", "Workspace Sidebar"):  # sidebars: version 16
		if frappe.db.table_exists(doctype) and frappe.db.exists(doctype, "Aftersales"):
			frappe.db.set_value(doctype, "Aftersales", "module", MODULE, update_modified=False)
	workspace = frappe.db.exists("Workspace", "Aftersales") and frappe.get_doc("Workspace", "Aftersales")
	if workspace and workspace.roles and ROLE not in {row.role for row in workspace.roles}:
		workspace.append("roles", {"role": ROLE}).db_insert()
	frappe.cache.delete_keys("bootinfo")
