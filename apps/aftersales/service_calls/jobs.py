"""What a visit (Service Voucher) and a workshop job (Repair Card) have in common.

Both serve a Repair Call, for its customer and product, in a service category. The steps here are
called by name from the controllers' `validate`, `before_submit` and `on_cancel`.
"""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import (
	add_days,
	add_months,
	add_to_date,
	cint,
	escape_html,
	flt,
	get_datetime,
	getdate,
	now_datetime,
)

from aftersales.core.guards import CLOCK_TOLERANCE, require_role, set_protected_values
from aftersales.core.job_types import JOB_DOCTYPES
from aftersales.core.roles import SUPERVISORS
from aftersales.service_calls.entitlement.repairs import is_for_failure
from aftersales.service_setup.settings import aftersales_settings

INTERNAL = "Internal"
CUSTOMER = "Customer"

VALUES_FROM_CALL = ("customer", "equipment", "service_category", "service_contract")


ERPNEXT_LINKS = ("Stock Entry", "Sales Invoice", "Delivery Note", "Journal Entry", "Payment Entry")
"""Documents the posting engine makes; it takes them back itself before a job is cancelled."""


def take_values_from_call(doc: Document, *more_fields: str) -> frappe._dict | None:
	"""Fill customer, product and category of `doc` from its call where they are empty.

	The company is always the call's: what a call earns and costs belongs to one set of books.

	Returns:
		the call's values, for the steps of the same validation that ask for them again; None without a call.

	Raises:
		frappe.ValidationError: `doc` is for another customer or company than its call.
		frappe.PermissionError: the user names a call that is not for their eyes.
	"""
	if not doc.repair_call:
		return None
	_validate_call_is_readable(doc)
	call = doc.flags.call_values = call_values(doc.repair_call)
	for fieldname in (*VALUES_FROM_CALL, *more_fields):
		if not doc.get(fieldname):
			doc.set(fieldname, call.get(fieldname))
	if doc.is_new():
		doc.company = call.company
	_refuse_other(doc, "customer", call.customer)
	_refuse_other(doc, "company", call.company)
	if doc.customer and not doc.customer_name:
		# The framework fetches names before validate; this customer was not known then.
		doc.customer_name = frappe.get_cached_value("Customer", doc.customer, "customer_name")
	return call


def _validate_call_is_readable(doc: Document) -> None:
	"""Who makes a job for a call must be able to read the call: a job tells much of it, and makes it theirs."""
	if doc.flags.ignore_permissions or not (doc.is_new() or doc.has_value_changed("repair_call")):
		return
	if not frappe.has_permission("Repair Call", "read", doc=doc.repair_call):
		frappe.throw(
			_(
				"Repair Call {0} is not assigned to you. Ask the service desk to assign the call or to plan the visit."
			).format(frappe.bold(escape_html(doc.repair_call))),
			frappe.PermissionError,
		)


def call_values(repair_call: str) -> frappe._dict:
	"""The values of a call that its jobs take over.

	Raises:
		frappe.DoesNotExistError: there is no such call.
	"""
	values = frappe.db.get_value(
		"Repair Call",
		repair_call,
		[
			"status",
			"customer",
			"equipment",
			"company",
			"item_group",
			"support_kind",
			"service_category",
			"service_contract",
			"symptom_code",
			"description",
			"coverage",
			"coverage_until",
			"received_at",
			"request_type",
		],
		as_dict=True,
	)
	if not values:
		frappe.throw(
			_("Repair Call {0} does not exist.").format(escape_html(repair_call)), frappe.DoesNotExistError
		)
	return values


def check_call_is_open(doc: Document, call: frappe._dict | None = None) -> None:
	"""Refuse work on a call that is closed or cancelled; `call`: its values, where they were just read."""
	from aftersales.service_calls.calls import check_open

	if doc.repair_call:
		check_open(doc.repair_call, call and call.status)


def check_for_whom(doc: Document) -> None:
	"""A job for a customer hangs on a call; internal work needs neither.

	Raises:
		frappe.MandatoryError: names what is missing.
	"""
	if is_internal(doc):
		return
	if not doc.repair_call:
		frappe.throw(
			_(
				"{0} is required. Only internal work (a category charged to Internal) can be entered without a call."
			).format(frappe.bold(_("Repair Call"))),
			frappe.MandatoryError,
		)
	if not doc.customer:
		frappe.throw(
			_("{0} is required. Choose the customer whose product it is.").format(frappe.bold(_("Customer"))),
			frappe.MandatoryError,
		)


def check_equipment_owner(doc: Document) -> None:
	"""The product belongs to the customer of the document."""
	if not doc.equipment or not doc.customer:
		return
	owner = frappe.db.get_value("Customer Equipment", doc.equipment, "customer")
	if owner != doc.customer:
		frappe.throw(
			_("Customer Equipment {0} belongs to {1}, not to {2}.").format(
				frappe.bold(escape_html(doc.equipment)),
				frappe.bold(escape_html(owner)),
				frappe.bold(escape_html(doc.customer)),
			)
		)


def is_internal(doc: Document) -> bool:
	"""True when the job's category is paid by ourselves (category D)."""
	return charge_rule(doc.service_category) == INTERNAL


def charge_rule(service_category: str | None) -> str | None:
	"""Who pays in a service category: Customer, Contract, Warranty, Internal or Goodwill."""
	if not service_category:
		return None
	return frappe.get_cached_value("Service Category", service_category, "charge_rule")


def charged_to_customer(doc: Document) -> list[Document]:
	"""The labour and part lines of `doc` that the customer pays, all of it or their share."""
	return [line for line in (*doc.labour, *doc.parts) if line.charge_to == CUSTOMER or flt(line.amount)]


def authorise_other_category(doc: Document, call: frappe._dict | None) -> None:
	"""A category that differs from the call's needs a supervisor and a reason (R-IN-6).

	Args:
		call: what :func:`take_values_from_call` read in this validation.

	Raises:
		frappe.PermissionError: the user may not change it.
		frappe.MandatoryError: the reason is missing.
	"""
	proposed = call and call.service_category
	if not proposed or proposed == doc.service_category:
		return
	watched = ("service_category", "category_reason", "repair_call")
	if not any(doc.has_value_changed(fieldname) for fieldname in watched):
		return
	require_role(
		SUPERVISORS,
		_("Changing the service category of the call from {1} to {0}").format(doc.service_category, proposed),
	)
	if not (doc.category_reason or "").strip():
		frappe.throw(
			_("{0} is required: the call has category {1}, this job {2}.").format(
				frappe.bold(_(doc.meta.get_label("category_reason"))), proposed, doc.service_category
			),
			frappe.MandatoryError,
		)
	note(
		doc,
		_("Category {0} instead of {1}: {2}").format(
			doc.service_category, proposed, escape_html(doc.category_reason)
		),
	)


def set_repair_warranty(doc: Document, repaired: bool, on: date) -> None:
	"""Set our own warranty on the repair that `doc` finished; none where nothing was repaired.

	A warranty comes from a repair: a request that is no failure (inspection, installation) gives none. Work done
	for free under our own warranty is warranted until that ends, unless the site starts it anew.

	Args:
		repaired: the job itself says that something was repaired.
		on: day of the repair.
	"""
	call = frappe._dict()
	if doc.repair_call:  # the validation before has read it
		call = doc.flags.call_values or call_values(doc.repair_call)
	until = repair_warranty(doc, on) if repaired and is_for_failure(doc) else None
	is_rework = call.coverage == "Repair Warranty" and charge_rule(doc.service_category) != CUSTOMER
	if until and is_rework and not restarts_warranty():
		left = getdate(call.coverage_until) if call.coverage_until else None
		until = min(until, left) if left and left >= getdate(on) else None
	set_protected_values(doc, repair_warranty_until=until)


def restarts_warranty() -> bool:
	"""Whether free work and parts under our own warranty start it anew (Aftersales Settings)."""
	return bool(aftersales_settings().restart_repair_warranty)


def repair_warranty(doc: Document, repaired_on: date) -> date | None:
	"""Until when we warrant the repair of `doc`'s product: so many days as Aftersales Settings say."""
	days = cint(aftersales_settings().repair_warranty_days)
	return getdate(add_days(repaired_on, days)) if doc.equipment and days else None


def give_repair_warranty(doc: Document) -> None:
	"""Set our own warranty on the product file of a finished job; never shortens what is there.

	The numbers of the parts it fitted lead to the product from now on.
	"""
	from aftersales.installed_base import search_keys
	from aftersales.installed_base.equipment import extend_repair_warranty

	if doc.equipment and any(line.serial_no for line in doc.parts):
		search_keys.of_product(doc.equipment)
	if doc.repair_warranty_until:
		extend_repair_warranty(doc.equipment, doc.repair_warranty_until)


def take_back_repair_warranty(doc: Document) -> None:
	"""After a job is cancelled: the warranty it gave goes, what other finished jobs gave stays."""
	from aftersales.installed_base import search_keys
	from aftersales.installed_base.equipment import withdraw_repair_warranty

	if doc.equipment and any(line.serial_no for line in doc.parts):
		search_keys.of_product(doc.equipment)
	if doc.equipment and doc.repair_warranty_until:
		withdraw_repair_warranty(doc.equipment, doc.repair_warranty_until, _warranty_of_others(doc))


def _warranty_of_others(doc: Document) -> date | None:
	"""The longest repair warranty that other finished jobs gave the product of `doc`.

	A locking read: what a job finished meanwhile has given is not lost.
	"""
	given = [
		until
		for doctype in JOB_DOCTYPES
		for until in frappe.db.get_values(
			doctype,
			{
				"equipment": doc.equipment,
				"docstatus": 1,
				"name": ("!=", doc.name),
				"repair_warranty_until": ("is", "set"),
			},
			"repair_warranty_until",
			order_by="name asc",
			pluck=True,
			for_update=True,
		)
	]
	return max(given, default=None)


def validate_work_is_done(doc: Document) -> None:
	"""What is charged when a job is finished has been done by then.

	Raises:
		frappe.ValidationError: names the row.
	"""
	latest = add_to_date(now_datetime(), minutes=CLOCK_TOLERANCE)
	for line in doc.labour:
		if line.to_time and get_datetime(line.to_time) > latest:
			frappe.throw(
				_("Labour row {0}: the work ends in the future ({1}).").format(
					line.idx, line.get_formatted("to_time")
				)
			)


def codes(doc: Document) -> dict[str, str | None]:
	"""Symptom, fault, cause and action code found on the job."""
	return {
		fieldname: doc.get(fieldname)
		for fieldname in ("symptom_code", "fault_code", "cause_code", "action_code")
	}


def note(doc: Document, text: str) -> None:
	"""Remember a line for the timeline of `doc`; :func:`write_notes` writes it after the save."""
	doc.flags.setdefault("timeline_notes", []).append(text)


def write_notes(doc: Document) -> None:
	"""Write the remembered lines on the timeline of `doc`, each once."""
	for text in doc.flags.pop("timeline_notes", []):
		doc.add_comment("Info", text)


def _refuse_other(doc: Document, fieldname: str, expected: str | None) -> None:
	if expected and doc.get(fieldname) != expected:
		frappe.throw(
			_("{0} {1} differs from that of Repair Call {2} ({3}).").format(
				_(doc.meta.get_label(fieldname)),
				frappe.bold(escape_html(doc.get(fieldname) or "-")),
				frappe.bold(doc.repair_call),
				frappe.bold(escape_html(expected)),
			)
		)
