"""What our roles may do in the DocTypes of ERPNext, so that a user with one of them can work.

Only what the work needs: masters are read to be picked; the desk also creates customers with their
contacts and addresses. Accounting and stock documents are read and printed; whoever makes them by
hand has ERPNext's own roles (Accounts User, Stock User) as well.
"""

from collections.abc import Iterable

import frappe
from frappe.core.doctype.doctype.doctype import validate_permissions_for_doctype
from frappe.permissions import reset_perms, rights, setup_custom_perms

from aftersales.setup import record
from aftersales.setup.roles import ROLES

PICK = ("select",)
READ = ("read", "select")
CONSULT = (*READ, "print", "email", "report", "export")
MAINTAIN = (*READ, "write", "create", "print", "email", "report", "export")

EVERYBODY = ROLES
DESK = ("Service Agent", "Service Supervisor", "Service Manager")
LEADERS = ("Service Supervisor", "Service Manager")
MONEY = ("Service Supervisor", "Service Manager", "Service Accountant")
POSTING = ("Service Technician", "Workshop Technician", "Service Supervisor", "Service Manager")
OTHERS = ("Service Technician", "Workshop Technician", "Service Accountant")

# DocType -> (roles, rights); a role stands once per DocType
GRANTS: dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]] = {
	"Customer": ((DESK, MAINTAIN), (OTHERS, READ)),
	"Contact": ((DESK, MAINTAIN), (OTHERS, READ)),
	"Address": ((DESK, MAINTAIN), (OTHERS, READ)),
	"Customer Group": ((EVERYBODY, READ),),
	"Territory": ((EVERYBODY, READ),),
	"Company": ((EVERYBODY, READ),),
	"Currency": ((EVERYBODY, READ),),
	"Item": ((EVERYBODY, READ),),
	"Item Group": ((EVERYBODY, READ),),
	"Brand": ((EVERYBODY, READ),),
	"UOM": ((EVERYBODY, READ),),
	"Warehouse": ((EVERYBODY, READ),),
	"Serial No": ((EVERYBODY, READ),),
	"Batch": ((EVERYBODY, READ),),
	# ERPNext makes it with the rights of whoever completes a job that uses a serial number or a batch
	"Serial and Batch Bundle": ((POSTING, (*READ, "write", "create", "submit", "cancel")),),
	"Issue Priority": ((LEADERS, MAINTAIN), (("Service Agent", *OTHERS), READ)),
	"Price List": ((("Service Agent", *MONEY), READ),),
	"Item Price": ((("Service Agent", *MONEY), READ),),
	"Employee": ((LEADERS, PICK),),
	"Holiday List": ((LEADERS, READ),),
	"Account": ((("Service Accountant", "Service Manager"), READ),),
	"Cost Center": ((("Service Accountant", "Service Manager"), READ),),
	"Mode of Payment": ((MONEY, READ),),
	"Quotation": ((("Service Agent", *MONEY), CONSULT),),
	"Sales Invoice": ((MONEY, CONSULT), (("Service Agent",), (*READ, "print", "email"))),
	"Delivery Note": ((MONEY, CONSULT),),
	"Stock Entry": ((MONEY, CONSULT),),
	"Payment Entry": ((MONEY, CONSULT),),
	"Journal Entry": ((("Service Accountant", "Service Manager"), CONSULT),),
}


def grant(doctypes: Iterable[str] | None = None) -> None:
	"""Add the rights of `GRANTS` for roles that have no rule on the DocType yet.

	Args:
		doctypes: only these DocTypes, as a patch that adds some needs.
	"""
	for doctype in doctypes or GRANTS:
		added = [_add(doctype, role, allowed) for role, allowed in _rules(doctype)]
		record.remember("Custom DocPerm", *filter(None, added))
		validate_permissions_for_doctype(doctype)
		frappe.clear_cache(doctype=doctype)


def revoke() -> None:
	"""Take back every right of our roles; a DocType left as ERPNext ships it is standard again."""
	ours = record.added("Role")
	touched = set(GRANTS)
	if ours:
		touched |= set(frappe.get_all("Custom DocPerm", filters={"role": ("in", ours)}, pluck="parent"))
		frappe.db.delete("Custom DocPerm", {"role": ("in", ours)})
	if granted := record.added("Custom DocPerm"):
		frappe.db.delete("Custom DocPerm", {"name": ("in", granted)})
	for doctype in sorted(touched):
		if _equals_standard(doctype):
			reset_perms(doctype)
		frappe.clear_cache(doctype=doctype)


def _rules(doctype: str) -> Iterable[tuple[str, tuple[str, ...]]]:
	for roles, allowed in GRANTS[doctype]:
		for role in roles:
			yield role, allowed


def _add(doctype: str, role: str, allowed: tuple[str, ...]) -> str | None:
	"""Name of the rule added; None when the site has one for this role already, which then stays."""
	setup_custom_perms(doctype)
	rule = {"parent": doctype, "role": role, "permlevel": 0, "if_owner": 0}
	if frappe.db.exists("Custom DocPerm", rule):
		return None
	given = {right: int(right in allowed) for right in rights}
	return frappe.get_doc({"doctype": "Custom DocPerm", **rule, **given}).insert(ignore_permissions=True).name


def _equals_standard(doctype: str) -> bool:
	return _rows("Custom DocPerm", doctype) == _rows("DocPerm", doctype)


def _rows(kind: str, doctype: str) -> list[tuple]:
	fields = ("role", "permlevel", "if_owner", *rights)
	rows = frappe.get_all(kind, filters={"parent": doctype}, fields=["*"])
	return sorted((row.role, *(frappe.utils.cint(row.get(field)) for field in fields[1:])) for row in rows)
