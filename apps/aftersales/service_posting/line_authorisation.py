"""Rates and hours on the lines of a job that need the authorisation of those who may give it.

A rate typed on a line wins over price list and pricing rules. Who may type one that departs from them by more
than Aftersales Settings allow is a role there, as for another payer; what was typed is noted on the timeline.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, flt, fmt_money, get_datetime

from aftersales.core.guards import has_any_role
from aftersales.core.roles import SUPERVISORS_AND_ACCOUNTANTS
from aftersales.core.selling_terms import billing_currency
from aftersales.service_calls import jobs
from aftersales.service_posting.invoicing.invoices import Charge, is_free, priced_unsaved
from aftersales.service_posting.plan import rate_rules as rules
from aftersales.service_posting.plan.posting_types import InvoiceRow
from aftersales.service_setup.settings import aftersales_settings

CUSTOMER = "Customer"
PRICED_PAYERS = (CUSTOMER, "Contract")
"""Payers whose lines have a price."""


def validate_rates(doc: Document) -> None:
	"""Refuse a rate typed by somebody without the right to depart from what the line would cost otherwise.

	A rate stands that was there before this save, or that the job's submitted quotation gives its item.

	Raises:
		frappe.PermissionError: names row, both rates and who may authorise.
	"""
	if doc.flags.ignore_permissions or not doc.customer:
		return  # the app's own lines, authorised where they were typed
	typed = [line for line in (*doc.labour, *doc.parts) if _is_typed(doc, line)]
	if not typed:
		return
	usual = _usual_rates(doc, typed)
	for line in typed:
		usually = usual.get(line.idx, {}).get(line.parentfield)
		authorise_rate(doc, _row(line), line.item_code, flt(line.rate), usually)


def authorise_rate(
	job: Document,
	label: str,
	item_code: str,
	rate: float,
	usual: float | None,
	note_on: Document | None = None,
) -> None:
	"""Let a typed `rate` of an item pass if it is a usual one for the job, or if the user may authorise it.

	Rates of the job's submitted quotation are usual; `usual` is that of price list and agreements, None where
	there is none. Both in the customer's currency. `label` names where the rate was typed; what was authorised is
	noted on the timeline of `note_on`, or else of the job.

	Raises:
		frappe.PermissionError: names the place, both rates and who may authorise.
	"""
	settings = aftersales_settings()
	quoted = rate in _quoted_rates(job).get(item_code, ())
	if quoted or not rules.departs(rate, usual, flt(settings.rate_change_limit)):
		return
	roles = [settings.rate_change_role] if settings.rate_change_role else SUPERVISORS_AND_ACCOUNTANTS
	currency = billing_currency(job)
	shown = (
		frappe.bold(label),
		fmt_money(rate, currency=currency),
		_("the price list has none") if usual is None else fmt_money(usual, currency=currency),
	)
	if not has_any_role(roles):
		frappe.throw(
			_(
				"{0}: the rate {1} differs from the usual one ({2}). Only {3} can authorise this. Leave the rate empty to use the usual one."
			).format(*shown, ", ".join(_(role) for role in roles)),
			frappe.PermissionError,
			title=_("Rate Needs Authorisation"),
		)
	jobs.note(note_on or job, _("{0}: rate {1} authorised (usual: {2})").format(*shown))


def usual_rate(job: Document, item_code: str) -> float | None:
	"""What one of an item costs the customer of `job` by price list, agreement and pricing rules; None: no price."""
	row = InvoiceRow("usual", item_code, 1, 0, None, None, None)
	return _priced_rows(job, (row,)).get("usual")


def validate_hours(doc: Document) -> None:
	"""Refuse hours that cannot be; those longer than the visit need somebody who authorises.

	Raises:
		frappe.ValidationError: one technician works twice at the same time.
		frappe.PermissionError: more hours than the time on site, without the right to authorise them.
	"""
	rows = [_work(line) for line in doc.labour]
	if pair := rules.overlapping(rows):
		frappe.throw(
			_("Labour rows {0} and {1}: {2} cannot work twice at the same time. Correct From or To.").format(
				*sorted((pair[0].idx, pair[1].idx)), frappe.bold(escape_html(pair[0].technician))
			)
		)
	if not (doc.get("arrived_at") and doc.get("departed_at")) or not _hours_changed(doc):
		return
	stay = (get_datetime(doc.departed_at) - get_datetime(doc.arrived_at)).total_seconds() / 3600
	tolerance = flt(aftersales_settings().hours_beyond_visit)
	found = rules.beyond_stay(rows, max(stay, 0), tolerance)
	if not found:
		return
	technician, hours = found
	shown = (
		frappe.bold(escape_html(technician or _("Technician"))),
		frappe.format(hours, "Float"),
		frappe.format(stay, "Float"),
	)
	if not has_any_role(SUPERVISORS_AND_ACCOUNTANTS):
		frappe.throw(
			_(
				"{0}: {1} hours of work on a visit of {2} hours. Correct the hours, or ask one of {3} to enter them."
			).format(*shown, ", ".join(_(role) for role in SUPERVISORS_AND_ACCOUNTANTS)),
			frappe.PermissionError,
			title=_("Hours Need Authorisation"),
		)
	jobs.note(doc, _("{0}: {1} hours of work on a visit of {2} hours authorised").format(*shown))


def _is_typed(doc: Document, line: Document) -> bool:
	"""True when this save brings a rate to the line, or its rate to another item or payer."""
	if not flt(line.rate) or line.charge_to not in PRICED_PAYERS or not line.item_code:
		return False
	if line.get("agreed_in") or line.get("service_price"):
		return False  # of an accepted quotation, kept by job_lines, or set by service_charges
	before = doc.get_doc_before_save()
	was = {row.name: _priced(row) for row in before.get(line.parentfield)} if before else {}
	return was.get(line.name) != _priced(line)


def _priced(line: Document) -> tuple:
	return flt(line.rate), line.item_code, line.charge_to


def _usual_rates(doc: Document, lines: list[Document]) -> dict[int, dict[str, float | None]]:
	"""Row number → table → rate by price list, agreement and pricing rules; None where there is none."""
	rows = tuple(
		InvoiceRow(
			f"{line.parentfield}:{line.idx}",
			line.item_code,
			flt(line.get("qty") or line.get("hours")) or 1,
			0,
			None,
			None,
			None,
		)
		for line in lines
	)
	found: dict[int, dict[str, float | None]] = {}
	for key, rate in _priced_rows(doc, rows).items():
		table, _colon, idx = key.partition(":")
		found.setdefault(int(idx), {})[table] = rate
	return found


def _priced_rows(doc: Document, rows: tuple[InvoiceRow, ...]) -> dict[str, float | None]:
	"""Line → rate that the job's invoice would have for it; nothing where it cannot be priced yet."""
	try:
		invoice = priced_unsaved([Charge(doc, rows)])
	except frappe.ValidationError:  # posting says what is missing
		return {}
	return {
		item.aftersales_line: None if is_free(item) else flt(item.rate)
		for item in invoice.items
		if item.aftersales_line
	}


def _quoted_rates(doc: Document) -> dict[str, set[float]]:
	"""Item → rates of the job's submitted quotation: what the customer has agreed to."""
	if not doc.get("quotation"):
		return {}
	found: dict[str, set[float]] = {}
	for row in frappe.get_all(
		"Quotation Item",
		filters={"parent": doc.quotation, "docstatus": 1},
		fields=["item_code", "rate"],
		order_by="idx asc",
	):
		found.setdefault(row.item_code, set()).add(flt(row.rate))
	return found


def _work(line: Document) -> rules.WorkRow:
	return rules.WorkRow(
		idx=line.idx,
		technician=line.technician,
		hours=flt(line.hours),
		from_time=get_datetime(line.from_time) if line.from_time else None,
		to_time=get_datetime(line.to_time) if line.to_time else None,
		is_travel=line.activity == "Travel",
	)


def _hours_changed(doc: Document) -> bool:
	before = doc.get_doc_before_save()
	if not before or doc.has_value_changed("arrived_at") or doc.has_value_changed("departed_at"):
		return True
	return [_work(line) for line in doc.labour] != [_work(line) for line in before.labour]


def _row(line: Document) -> str:
	table = _("Parts") if line.parentfield == "parts" else _("Labour")
	return _("{0} row {1}").format(table, line.idx)
