"""What our roles may do in the DocTypes of ERPNext, so that a user with one of them can work.

Only what the work needs: masters are read to be picked; the desk also creates customers with their
contacts and addresses. Accounting and stock documents are read and printed; whoever makes them by
hand has ERPNext's own roles (Accounts User, Stock User) as well.
"""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.permissions import reset_perms, rights

from aftersales.core.guards import require_role
from aftersales.core.input.requests import validate_call
from aftersales.core.roles import DESK, SUPERVISORS, SUPERVISORS_AND_ACCOUNTANTS
from aftersales.setup import record
from aftersales.setup.roles import ROLES

_RULE_FIELDS = ("parent", "role", "permlevel", "if_owner", *rights)

_GRANT = "Grant"
"""Kind of note in the record: DocType/role that got its rule."""

PICK = ("select",)
READ = ("read", "select")
CONSULT = (*READ, "print", "email", "report", "export")
MAINTAIN = (*READ, "write", "create", "print", "email", "report", "export")

# Designers and makers see the product, never the customer
SPECIALISTS = ("Product Specialist",)
EVERYBODY = tuple(role for role in ROLES if role not in SPECIALISTS)
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
	"Item": (((*EVERYBODY, *SPECIALISTS), READ),),
	"Item Group": (((*EVERYBODY, *SPECIALISTS), READ),),
	"Brand": (((*EVERYBODY, *SPECIALISTS), READ),),
	"UOM": ((EVERYBODY, READ),),
	"Warehouse": ((EVERYBODY, READ),),
	"Serial No": ((EVERYBODY, READ),),
	"Batch": ((EVERYBODY, READ),),
	# ERPNext makes it with the rights of whoever completes a job that uses a serial number or a batch
	"Serial and Batch Bundle": (
		((*POSTING, "Service Agent"), (*READ, "write", "create", "submit", "cancel")),
	),
	"Issue Priority": ((SUPERVISORS, MAINTAIN), (("Service Agent", *OTHERS), READ)),
	"Price List": ((("Service Agent", *SUPERVISORS_AND_ACCOUNTANTS), READ),),
	"Item Price": ((("Service Agent", *SUPERVISORS_AND_ACCOUNTANTS), READ),),
	"Employee": ((SUPERVISORS, PICK),),
	"Holiday List": ((SUPERVISORS, READ),),
	"Account": ((("Service Accountant", "Service Manager"), READ),),
	"Cost Center": ((("Service Accountant", "Service Manager"), READ),),
	"Mode of Payment": ((SUPERVISORS_AND_ACCOUNTANTS, READ),),
	"Quotation": ((("Service Agent", *SUPERVISORS_AND_ACCOUNTANTS), CONSULT),),
	"Sales Invoice": (
		(SUPERVISORS_AND_ACCOUNTANTS, CONSULT),
		(("Service Agent",), (*READ, "print", "email")),
	),
	"Delivery Note": ((SUPERVISORS_AND_ACCOUNTANTS, CONSULT),),
	"Material Request": ((POSTING, READ), (("Service Agent",), READ)),
	"Stock Entry": ((SUPERVISORS_AND_ACCOUNTANTS, CONSULT),),
	"Payment Entry": ((SUPERVISORS_AND_ACCOUNTANTS, CONSULT),),
	"Purchase Invoice": ((("Service Accountant", "Service Manager"), CONSULT),),
	"Purchase Order": (
		(SUPERVISORS_AND_ACCOUNTANTS, CONSULT),
		(("Service Agent", "Workshop Technician"), READ),
	),
	"Supplier": (((*SUPERVISORS_AND_ACCOUNTANTS, "Service Agent", "Workshop Technician"), READ),),
	"Journal Entry": ((("Service Accountant", "Service Manager"), CONSULT),),
	"Subscription": ((("Service Accountant", "Service Manager"), CONSULT),),
	"Subscription Plan": ((SUPERVISORS_AND_ACCOUNTANTS, READ),),
	"Project": ((EVERYBODY, READ),),
	"Non Conformance": (
		(SUPERVISORS, MAINTAIN),
		(("Service Agent", *OTHERS), READ),
		(SPECIALISTS, (*READ, "write", "print", "email")),
	),
	"Quality Procedure": ((SUPERVISORS, READ),),
	# Who writes to customers: New Email looks for a signature there, the password is not shown to anybody
	"Email Account": ((EVERYBODY, READ),),
	"Call Log": ((DESK, READ),),
	# Version 16 asks for a setting of it before each action of a workflow
	"Workflow": ((EVERYBODY, READ),),
}


def grant(doctypes: Iterable[str] | None = None, *, again: bool = False) -> int:
	"""Add the rights of `GRANTS` for roles that have no rule on the DocType yet.

	Args:
		doctypes: only these DocTypes, as a patch that adds some needs.
		again: also what was granted before and is gone; an update leaves what an administrator removed.

	Returns:
		how many rules were added.
	"""
	added, granted = [], []
	before = set() if again else set(record.added(_GRANT))
	for doctype in doctypes or GRANTS:
		_make_rules_the_sites_own(doctype)
		for rule in _missing_rules(doctype):
			if (key := f"{doctype}/{rule['role']}") not in before:
				added.append(_insert(rule))
				granted.append(key)
	record.remember("Custom DocPerm", *added)
	record.remember(_GRANT, *granted)
	frappe.clear_cache()
	return len(added)


@frappe.whitelist(methods=["POST"])
@validate_call
def grant_again() -> int:
	"""Give the service roles back what they need of ERPNext's documents, after Restore Original Permissions.

	Rules that are there stay as they are.

	Returns:
		how many rules were added.

	Raises:
		frappe.PermissionError: the user is no System Manager.
	"""
	require_role(("System Manager",), _("Granting the rights of the service roles"))
	return grant(again=True)


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


def _make_rules_the_sites_own(doctype: str) -> None:
	"""Frappe asks either the standard rules or the site's: a copy of the standard ones is where ours go."""
	if not frappe.db.exists("Custom DocPerm", {"parent": doctype}):
		for standard in frappe.get_all("DocPerm", filters={"parent": doctype}, fields=["*"]):
			_insert({field: standard.get(field) for field in _RULE_FIELDS})


def _missing_rules(doctype: str) -> Iterable[dict]:
	taken = set(
		frappe.get_all(
			"Custom DocPerm", filters={"parent": doctype, "permlevel": 0, "if_owner": 0}, pluck="role"
		)
	)
	for roles, allowed in GRANTS[doctype]:
		for role in roles:
			if role not in taken:
				yield {"parent": doctype, "role": role, **{right: int(right in allowed) for right in rights}}


def _insert(rule: dict) -> str:
	# Past on_update, which clears and rebuilds the DocType's cache for each of some three hundred rows
	doc = frappe.get_doc({"doctype": "Custom DocPerm", **rule})
	doc.set_new_name()
	doc.db_insert()
	return doc.name


def _equals_standard(doctype: str) -> bool:
	return _rows("Custom DocPerm", doctype) == _rows("DocPerm", doctype)


def _rows(kind: str, doctype: str) -> list[tuple]:
	rows = frappe.get_all(kind, filters={"parent": doctype}, fields=["*"])
	return sorted(
		(row.role, *(frappe.utils.cint(row.get(field)) for field in _RULE_FIELDS[2:])) for row in rows
	)
