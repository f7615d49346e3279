"""Six jobs from the call to the books, with every figure (docs/stories.md tells them).

The figures were worked out by hand from the price list, cost rates and purchase prices of
`aftersales/demo/company.py`, before they were compared with what the app books. VAT is 13.5 %, money EUR.

(a) travel 0.5 h x 54 = 27.00, repair 1.25 h x 72 = 90.00, seal 14.50: net 131.50
    VAT 131.50 x 0.135 = 17.7525 = 17.75, to pay 149.25. The seal cost 6.40.
(b) diagnosis 0.5 h x 72 = 36.00, repair 1.5 h x 72 = 108.00, travel 0.75 h x 54 = 40.50,
    flow sensor 79.00, descaler 2 l x 16.80 = 33.60: net 297.10
    VAT 297.10 x 0.135 = 40.1085 = 40.11, to pay 337.21. Parts cost 38.60 + 2 x 7.90 = 54.40.
(c) nothing to pay. Encoder 412.00; hours (1.5 + 3.5) x 29.50 = 44.25 + 103.25 = 147.50.
(d) nothing at all.
(e) travel 0.5 h x 54 = 27.00, repair 2 h x 72 = 144.00, electrodes 2 x 29.50 = 59.00, gasket 24.00: net 254.00
    VAT 254.00 x 0.135 = 34.29, to pay 288.29. First in, first out: electrodes 11.20 + 11.80 = 23.00,
    gasket 9.75, together 32.75.
(f) nothing to pay. Seal kit 18.90; 1 h x 31.00 = 31.00.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import frappe
import pytest
from frappe.desk.form.linked_with import get as linked_documents
from frappe.desk.notifications import get_open_count
from frappe.model.workflow import apply_workflow, get_transitions
from frappe.utils import add_days, getdate

from aftersales.demo import agreements, bench, build, company, stories, technicians
from aftersales.demo.actors import acting_as
from aftersales.demo.stories import Story
from aftersales.field_service.doctype.service_voucher.service_voucher import ServiceVoucher
from aftersales.repair_workshop.doctype.repair_card.repair_card import RepairCard
from aftersales.service_accounts.reconciliation_rules import DRAFTS, Reason
from aftersales.service_accounts.report.contract_profitability import contract_profitability
from aftersales.service_accounts.report.job_profitability import job_profitability
from aftersales.service_accounts.report.service_revenue_reconciliation import service_revenue_reconciliation
from aftersales.service_calls.doctype.repair_call.repair_call import RepairCall
from aftersales.setup import defaults
from tests.administrator import activate

ERPNEXT = ("Stock Entry", "Sales Invoice", "Delivery Note", "Journal Entry", "Payment Entry", "Quotation")

SERVICE = "Service - LSL"
STOCK = "Stock In Hand - LSL"
PARTS = "Parts Used in Repairs - LSL"
INCOME = "Repair Income - LSL"
VAT = "VAT - LSL"
DEBTORS = "Debtors - LSL"
CASH = "Cash - LSL"
BANK = "Current Account - LSL"
WARRANTY = "Warranty Expense - LSL"
INTERNAL = "Internal Service Expense - LSL"
RECOVERY = "Labour Recovery - LSL"

VAN_AOIFE = "Van Aoife - LSL"
VAN_DECLAN = "Van Declan - LSL"
WORKSHOP = "Workshop Store - LSL"

MACHINE = "TR250-0417"


@dataclass(frozen=True)
class Books:
	"""Documents made for a job, each with its ledger rows.

	General ledger: account, debit, credit, cost centre. Stock ledger: item, warehouse, quantity, value.
	"""

	general: dict[str, list[tuple[str, str, str, str | None]]] = field(default_factory=dict)
	stock: list[tuple[str, str, str, str]] = field(default_factory=list)
	without_ledger: tuple[str, ...] = ()


EXPECTED = {
	"a": Books(
		general={
			"Stock Entry": [
				(PARTS, "6.40", "0", SERVICE),
				(STOCK, "0", "6.40", SERVICE),
			],
			"Sales Invoice": [
				(DEBTORS, "149.25", "0", None),
				(INCOME, "0", "131.50", SERVICE),
				(VAT, "0", "17.75", SERVICE),
			],
			"Payment Entry": [
				(CASH, "149.25", "0", None),
				(DEBTORS, "0", "149.25", None),
			],
		},
		stock=[("GVS-15", VAN_AOIFE, "-1", "-6.40")],
	),
	"b": Books(
		general={
			"Stock Entry": [
				(PARTS, "54.40", "0", SERVICE),
				(STOCK, "0", "54.40", SERVICE),
			],
			"Sales Invoice": [
				(DEBTORS, "337.21", "0", None),
				(INCOME, "0", "297.10", SERVICE),
				(VAT, "0", "40.11", SERVICE),
			],
		},
		stock=[("DESC-10", WORKSHOP, "-2", "-15.80"), ("FLW-18", WORKSHOP, "-1", "-38.60")],
		without_ledger=("Quotation",),
	),
	"c": Books(
		general={
			"Stock Entry": [
				(STOCK, "0", "412.00", SERVICE),
				(WARRANTY, "412.00", "0", SERVICE),
			],
			"Journal Entry": [
				(RECOVERY, "0", "147.50", SERVICE),
				(WARRANTY, "147.50", "0", SERVICE),
			],
		},
		stock=[("ENC-SP", VAN_DECLAN, "-1", "-412.00")],
	),
	"d": Books(),
	"e": Books(
		general={
			"Stock Entry": [
				(PARTS, "32.75", "0", SERVICE),
				(STOCK, "0", "32.75", SERVICE),
			],
			"Sales Invoice": [
				(DEBTORS, "288.29", "0", None),
				(INCOME, "0", "254.00", SERVICE),
				(VAT, "0", "34.29", SERVICE),
			],
			"Payment Entry": [
				(BANK, "288.29", "0", None),
				(DEBTORS, "0", "288.29", None),
			],
		},
		stock=[("HX-GSK", VAN_AOIFE, "-1", "-9.75"), ("IGN-E2", VAN_AOIFE, "-2", "-23.00")],
	),
	"f": Books(
		general={
			"Stock Entry": [
				(INTERNAL, "18.90", "0", SERVICE),
				(STOCK, "0", "18.90", SERVICE),
			],
			"Journal Entry": [
				(INTERNAL, "31.00", "0", SERVICE),
				(RECOVERY, "0", "31.00", SERVICE),
			],
		},
		stock=[("SEAL-PT", VAN_AOIFE, "-1", "-18.90")],
	),
}


@dataclass(frozen=True)
class Told:
	"""What was found right after a story was told, as plain values."""

	made: dict[str, list[str]]
	general: dict[str, list[tuple]]
	stock: list[tuple]
	sums: dict[str, tuple[Decimal, Decimal]]
	rows_added: tuple[int, int]
	counted: dict[str, int]
	linked: dict[str, list[str]]
	documents: dict[str, frappe._dict]
	machine_untouched: bool
	clocks: dict[str, str]


@dataclass(frozen=True)
class Demo:
	"""The whole demo: its stories, then the shop around them."""

	stories: dict[str, Told]
	states: dict[str, Counter]
	accounts: dict[str, object]
	debit: Decimal
	credit: Decimal
	late: int
	shop_window: dict[str, object]
	printed: str
	second_run_wrote: int


_BUILT: list[Demo | None] = []


@pytest.fixture
def demo(monkeypatch, capsys) -> Demo:
	"""The demo as `make demo` builds it, looked at story by story.

	Built once, in the transaction of whichever test comes first; that is rolled back like any other,
	what was found is kept as plain values.
	"""
	if not _BUILT:
		assert not frappe.db.get_global(build.BUILT), "this site has the demo already: use a test site"
		_BUILT.append(None)
		frappe.db.delete("Error Log")
		told: dict[str, Told] = {}
		# Counting connections allows each statement one second from then on: too little on a busy machine
		monkeypatch.setattr(frappe.db, "set_execution_timeout", lambda seconds: None)
		for key, tell in stories.STORIES.items():
			monkeypatch.setitem(stories.STORIES, key, _watched(key, tell, told))
		build.run()
		_BUILT[0] = _look_at_demo(told, capsys)
	assert _BUILT[0], "the demo could not be built: see the first test's error"
	return _BUILT[0]


def _watched(key: str, tell: Callable[[], Story], told: dict[str, Told]) -> Callable[[], Story]:
	def watched() -> Story:
		before, machine = posted(), row_of("Serial No", MACHINE)
		story = tell()
		made = documents_of(story)
		after = posted()
		told[key] = Told(
			made=made,
			general={kind: general_ledger(kind, name) for kind, (name, *_more) in made.items()},
			stock=stock_ledger(made.get("Stock Entry", [])),
			sums={kind: debit_and_credit(names) for kind, names in made.items()},
			rows_added=(after[0] - before[0], after[1] - before[1]),
			counted=counted_from_job(story),
			linked=linked_to_job(story),
			documents=all_documents(story, made),
			machine_untouched=row_of("Serial No", MACHINE) == machine,
			clocks=clocks_of(story),
		)
		return story

	return watched


def _look_at_demo(told: dict[str, Told], capsys) -> Demo:
	writes = frappe.db.transaction_writes
	capsys.readouterr()
	build.run()
	return Demo(
		stories=told,
		second_run_wrote=frappe.db.transaction_writes - writes,
		printed=capsys.readouterr().out,
		states={
			doctype: Counter(frappe.get_all(doctype, pluck="status"))
			for doctype in (
				"Repair Call",
				"Service Voucher",
				"Repair Card",
				"Collection Receipt",
				"Follow-up",
				"Vendor Repair",
			)
		},
		accounts=_what_the_accountant_sees(),
		debit=_sum("debit"),
		credit=_sum("credit"),
		shop_window=_shop_window(),
		late=frappe.db.count(
			"Repair Call",
			{
				"status": ("not in", ("Closed", "Cancelled")),
				"next_action_by": ("<", frappe.utils.now_datetime()),
			},
		),
	)


@pytest.mark.parametrize("key", EXPECTED)
def test_books_of_story(demo, key):
	told, expected = demo.stories[key], EXPECTED[key]

	assert sorted(told.made) == sorted([*expected.general, *expected.without_ledger])
	assert all(len(names) == 1 for names in told.made.values()), "one document of each kind"
	assert told.general == {**expected.general, **{kind: [] for kind in expected.without_ledger}}
	assert told.stock == expected.stock
	for kind, rows in expected.general.items():
		assert told.sums[kind] == (total(rows, 1), total(rows, 1)), "debit = credit, to the cent"
		assert total(rows, 1) == total(rows, 2)


@pytest.mark.parametrize("key", EXPECTED)
def test_nothing_is_posted_beside_what_names_the_job(demo, key):
	told, expected = demo.stories[key], EXPECTED[key]
	rows = sum(len(rows) for rows in expected.general.values())
	assert told.rows_added == (rows, len(expected.stock))


@pytest.mark.parametrize("key", EXPECTED)
def test_documents_are_found_from_the_job(demo, key):
	"""The form's connections count them, the list of linked documents names them."""
	told = demo.stories[key]
	assert told.counted == {kind: len(names) for kind, names in told.made.items()}
	assert told.linked == told.made


@pytest.mark.parametrize("key", ["c", "d", "f"])
def test_warranty_phone_and_internal_work_are_not_invoiced(demo, key):
	assert "Sales Invoice" not in demo.stories[key].made


def test_a_emergency_paid_in_cash(demo):
	found = demo.stories["a"].documents

	call = found["Repair Call"]
	assert (call.status, call.priority, call.hazard) == ("Closed", "Emergency", "Water Leak")
	assert (call.coverage, call.service_category) == ("None", "A")
	assert call.promised_from < call.arrived_at < call.promised_to
	voucher = found["Service Voucher"]
	assert (voucher.status, voucher.billing_status) == ("Archived", "Paid")
	assert (voucher.amount_due, voucher.cash_collected) == (149.25, 149.25)
	assert (voucher.parts_cost, voucher.parts[0].amount) == (6.4, 14.5)
	assert [line.amount for line in voucher.labour] == [27, 90]
	assert voucher.cash_receipt_no.startswith("REC-LSL-")
	payment = found["Payment Entry"]
	assert payment.name == voucher.payment_entry
	assert (payment.owner, payment.reference_no) == (company.ACCOUNTANT, voucher.cash_receipt_no)
	assert (found["Sales Invoice"].status, found["Sales Invoice"].outstanding_amount) == ("Paid", 0)
	follow_up = found["Follow-up"]
	assert (follow_up.status, follow_up.kind) == ("Planned", "Effectiveness")
	assert follow_up.due_date == add_days(getdate(call.closed_at), 7)


def test_b_workshop_with_estimate_and_second_person(demo):
	found = demo.stories["b"].documents

	card = found["Repair Card"]
	assert (card.status, card.billing_status) == ("Returned", "Billed")
	assert (card.approval_status, card.approval_channel, card.approved_by) == (
		"Approved",
		"Phone",
		"Patrick O'Shea",
	)
	assert (card.estimated_amount, card.approved_amount, card.amount_due) == (297.1, 297.1, 337.21)
	assert (card.repaired_by, card.verified_by) == ("Niamh Doyle", company.SUPERVISOR)
	assert card.total_hours == 2
	assert [(line.activity, line.hours, line.amount) for line in card.labour] == [
		("Diagnosis", 0.5, 36),
		("Travel", 0.75, 40.5),
		("Repair", 1.5, 108),
	]
	assert [(part.item_code, part.amount, part.valuation_amount) for part in card.parts] == [
		("FLW-18", 79, 38.6),
		("DESC-10", 33.6, 15.8),
	]
	assert [row.status for row in card.state_log] == [
		"Received",
		"Diagnosing",
		"Awaiting Approval",
		"Approved",
		"In Repair",
		"Quality Check",
		"Ready",
		"Returned",
	]
	quotation = found["Quotation"]
	assert (quotation.docstatus, quotation.net_total, quotation.grand_total) == (1, 297.1, 337.21)
	receipt = found["Collection Receipt"]
	assert (receipt.status, receipt.return_signed_by) == ("Voided", "Patrick O'Shea")
	assert [row.returned for row in receipt.accessories] == [1, 1]
	voucher = found["Service Voucher"]
	assert (voucher.outcome, voucher.billing_status) == ("Taken to Workshop", "Not Billable")
	invoice = found["Sales Invoice"]
	assert (invoice.docstatus, invoice.status, invoice.outstanding_amount) == (1, "Unpaid", 337.21)
	assert found["Repair Call"].status == "Closed"


def test_c_warranty_leaves_the_machine_alone(demo):
	told = demo.stories["c"]

	assert told.machine_untouched
	call = told.documents["Repair Call"]
	assert (call.coverage, call.coverage_source, call.service_category) == (
		"Warranty",
		f"Serial No {MACHINE}",
		"C",
	)
	voucher = told.documents["Service Voucher"]
	assert (voucher.billing_status, voucher.amount_due, voucher.sales_invoice) == ("Not Billable", 0, None)
	assert (voucher.parts_cost, voucher.labour_cost) == (412, 147.5)
	part = voucher.parts[0]
	assert (part.serial_no, part.old_serial_no, part.charge_to) == ("SE-2201", "SE-1764", "Warranty")


def test_d_phone_is_enough(demo):
	found = demo.stories["d"].documents

	call = found["Repair Call"]
	assert (call.status, call.resolved_by_phone, call.support_kind) == ("Closed", 1, "Application")
	assert (call.request_type, call.call_owner) == ("Technical Consultation", company.RONAN)
	assert call.arrived_at is None
	assert sorted(found) == ["Follow-up", "Repair Call"]


def test_e_product_unknown_to_erpnext(demo):
	found = demo.stories["e"].documents

	voucher = found["Service Voucher"]
	assert (voucher.status, voucher.billing_status, voucher.amount_due) == ("Archived", "Paid", 288.29)
	assert [(part.item_code, part.valuation_amount) for part in voucher.parts] == [
		("IGN-E2", 23),
		("HX-GSK", 9.75),
	]
	call = found["Repair Call"]
	assert (call.coverage, call.item_code, call.serial_no, call.brand) == ("Unknown", None, None, "Vulkan")


def test_f_internal_work_has_no_customer(demo):
	voucher = demo.stories["f"].documents["Service Voucher"]

	assert (voucher.customer, voucher.repair_call, voucher.sales_invoice) == (None, None, None)
	assert (voucher.billing_status, voucher.parts_cost, voucher.labour_cost) == ("Not Billable", 18.9, 31)
	assert voucher.customer_signature is None


def test_the_stories_keep_their_promises(demo):
	"""Service clocks run by the stories' own times, not by those of the minute they are built in."""
	assert demo.stories["a"].clocks == {
		"Repair Call: Answer": "Met",
		"Repair Call: Arrive": "Met",
		"Repair Call: Keep Promise": "Met",
		"Service Voucher: Invoice": "Met",
	}
	assert demo.stories["b"].clocks == {
		"Repair Call: Answer": "Met",
		"Repair Call: Arrive": "Met",
		"Repair Call: Keep Promise": "Met",
		"Repair Card: Repair": "Met",
		"Repair Card: Invoice": "Met",
	}
	assert demo.stories["c"].clocks == {
		"Repair Call: Answer": "Met",
		"Repair Call: Arrive": "Met",
		"Repair Call: Keep Promise": "Met",
	}
	assert demo.stories["d"].clocks == {"Repair Call: Answer": "Met"}


def test_shop_has_something_in_every_state(demo):
	assert set(demo.states["Repair Call"]) == {
		"Open",
		"Triaged",
		"Scheduled",
		"In Progress",
		"On Hold",
		"Resolved",
		"Closed",
		"Cancelled",
	}
	assert demo.states["Repair Card"] == Counter([*bench.ON_THE_BENCH, "Returned"])
	assert demo.states["Vendor Repair"] == Counter(["Sent", "Back"])
	assert set(demo.states["Service Voucher"]) == {"Dispatched", "On Site", "Completed", "Archived"}
	assert set(demo.states["Follow-up"]) == {"Planned", "Attempted", "Done"}
	assert demo.late >= 2


IN_ORDER = {
	"Repair Call": ("received_at", "creation", "responded_at", "arrived_at", "resolved_at", "closed_at"),
	"Service Voucher": ("creation", "arrived_at", "departed_at", "posted_at"),
	"Repair Card": (
		"received_at",
		"approved_at",
		"repaired_at",
		"verified_at",
		"ready_at",
		"returned_at",
	),
	"Service Complaint": ("received_at", "acknowledged_at", "assessed_at", "answered_at", "closed_at"),
	"Vendor Repair": ("sent_at", "back_at"),
	"Follow-up": ("creation", "done_at"),
}
"""What happens to a document, one after the other."""
SECOND = timedelta(seconds=60)
"""What is typed is to the minute, what the app notes to the second."""


def _shop_window() -> dict[str, object]:
	"""What somebody who looks at the demo for the first time would stumble over."""
	now = frappe.utils.now_datetime()
	period = {"company": company.COMPANY, "from_date": add_days(getdate(), -365), "to_date": getdate()}
	jobs = [row for row in job_profitability.execute(dict(period))[1] if row.get("income")]
	return {
		"before its cause": [found for doctype in IN_ORDER for found in _out_of_order(doctype)],
		"to come": [
			f"{doctype} {name}"
			for doctype in (*IN_ORDER, *ERPNEXT, "Communication", "Comment", "GL Entry")
			for name in frappe.get_all(doctype, {"creation": (">", now)}, pluck="name")
		],
		"billed before it was done": _billed_early(),
		"at two places": _at_two_places(),
		"without a visit": {
			day: sorted(set(technicians.TECHNICIANS) - _on_the_way(add_days(getdate(), distance)))
			for day, distance in (("today", 0), ("tomorrow", 1))
		},
		"months with income": len({getdate(row["date"]).strftime("%Y-%m") for row in jobs}),
		"margin of all jobs": sum(row["margin"] for row in jobs),
		"at a loss": [(row["job"], row["margin"]) for row in jobs if row["margin"] <= 0 and row["income"] > 0]
		+ [
			(row.customer, row["margin"])
			for row in contract_profitability.execute(dict(period))[1]
			if row["margin"] <= 0
		],
		# On purpose: visits that wait for one invoice of their customer, and cash that a technician has since yesterday
		"breaks": [
			row["job"]
			for row in service_revenue_reconciliation.execute(dict(period))[1]
			if Reason(row["reason_code"]) not in {*DRAFTS, Reason.CASH_NOT_HANDED_OVER}
			and row["customer"] != agreements.CAFE
		],
		"emergencies missed": frappe.get_all(
			"Service Clock",
			{
				"reference_name": (
					"in",
					frappe.get_all("Repair Call", {"priority": "Emergency"}, pluck="name"),
				),
				"state": ("in", ("Missed", "Overdue")),
			},
			pluck="reference_name",
		),
		"messages": frappe.db.count("Communication", {"communication_type": "Automated Message"}),
		"proposed": frappe.db.count("Visit Plan Proposal", {"state": "Proposed"}),
		"standards": frappe.db.count("Service Standard", {"disabled": 0}),
		"planned services": frappe.db.count("Planned Service"),
		"errors": frappe.get_all("Error Log", pluck="method"),
		"without a picture": frappe.get_all(
			"User",
			{"name": ("in", [email for email, *_rest in company.PEOPLE]), "user_image": ("is", "not set")},
			pluck="name",
		),
	}


def _out_of_order(doctype: str) -> list[str]:
	found = []
	for doc in frappe.get_all(doctype, fields=["name", *IN_ORDER[doctype]]):
		moments = [(field, doc[field]) for field in IN_ORDER[doctype] if doc[field]]
		found += [
			f"{doctype} {doc.name}: {later} {doc[later]} before {earlier} {doc[earlier]}"
			for (earlier, first), (later, second) in pairwise(moments)
			if second < first - SECOND
		]
	return found


def _billed_early() -> list[str]:
	"""Invoices of a day before their visit, payments of a day before their invoice."""
	found = []
	for visit in frappe.get_all(
		"Service Voucher", {"sales_invoice": ("is", "set")}, ["name", "departed_at", "sales_invoice"]
	):
		posted = frappe.db.get_value("Sales Invoice", visit.sales_invoice, "posting_date")
		if posted < getdate(visit.departed_at):
			found.append(visit.name)
	for row in frappe.get_all(
		"Payment Entry Reference",
		{"reference_doctype": "Sales Invoice", "docstatus": 1},
		["parent", "reference_name"],
	):
		paid = frappe.db.get_value("Payment Entry", row.parent, "posting_date")
		if paid < frappe.db.get_value("Sales Invoice", row.reference_name, "posting_date"):
			found.append(row.parent)
	return found


def _at_two_places() -> list[str]:
	found = []
	fields = ["name", "technician", "arrived_at", "departed_at", "planned_start", "planned_end"]
	visits = frappe.get_all("Service Voucher", {"status": ("!=", "Cancelled")}, fields)
	spans = sorted(
		(doc.technician, doc.arrived_at or doc.planned_start, doc.departed_at or doc.planned_end, doc.name)
		for doc in visits
		if doc.departed_at or doc.planned_end
	)
	for (one, _start, end, name), (other, begins, _end, second) in pairwise(spans):
		if one == other and begins < end:
			found.append(f"{one}: {name} until {end}, {second} from {begins}")
	return found


def _on_the_way(day: str) -> set[str]:
	"""The technicians who have a visit on a day."""
	return set(
		frappe.get_all(
			"Service Voucher",
			{
				"status": ("!=", "Cancelled"),
				"planned_start": ("between", (f"{day} 00:00:00", f"{day} 23:59:59")),
			},
			pluck="technician",
		)
	)


def _what_the_accountant_sees() -> dict[str, object]:
	period = {"company": company.COMPANY, "from_date": add_days(getdate(), -365), "to_date": getdate()}
	contracts = {row.customer: row for row in contract_profitability.execute(period)[1]}
	jobs = {row.customer: row for row in job_profitability.execute(period)[1] if row.vendor}
	breaks = service_revenue_reconciliation.execute({**period, "reason": Reason.LINES_DIFFER.value})[1]
	return {
		"lines that differ": [row["job"] for row in breaks],
		"credited": frappe.get_all("Service Voucher", {"billing_status": "Credited"}, pluck="customer"),
		"billed again": frappe.get_all(
			"Sales Invoice", {"po_no": ("is", "set"), "docstatus": 1}, pluck="customer"
		),
		"contract": {
			field: contracts["Curragh Tool & Die"][field]
			for field in ("fees", "billed", "work", "travel", "margin")
		},
		"vendor": {
			field: jobs["Meath Valley Brewing"][field] for field in ("income", "work", "vendor", "margin")
		},
	}


def test_the_accountants_week_has_what_does_not_go_straight(demo):
	"""Half of 0.75 h x 72 and of 0.5 h x 54 is the customer's: 27.00 + 13.50. The works' bill is 148.00, charged on
	at 195.00 with half an hour's diagnosis at 72."""
	assert demo.accounts == {
		"lines that differ": [],
		"credited": ["Eileen Power"],
		"billed again": ["Liam Tuohy"],
		"contract": {"fees": 108, "billed": 40.5, "work": 22.13, "travel": 14.75, "margin": 111.62},
		"vendor": {"income": 231, "work": 13.5, "vendor": 148, "margin": 69.5},
	}


def test_the_demo_is_a_shop_window(demo):
	found = demo.shop_window
	assert found.pop("messages") >= 20
	assert found.pop("proposed") >= 3, "visits of the Visit Plan"
	assert found.pop("standards") >= 5 and found.pop("planned services") >= 8
	assert found.pop("months with income") >= 10
	assert found.pop("margin of all jobs") > 0
	assert found.pop("without a visit") == {"today": [], "tomorrow": []}
	assert {what: seen for what, seen in found.items() if seen} == {}


def test_books_of_the_whole_demo_balance(demo):
	assert demo.debit == demo.credit > 0


def test_second_run_only_prints_who_can_log_in(demo):
	assert demo.second_run_wrote == 0
	for email, *_names in company.PEOPLE:
		assert email in demo.printed
	assert company.PASSWORD in demo.printed


def test_demo_refuses_a_site_of_somebody_else(monkeypatch):
	monkeypatch.setattr(company, "COMPANY", "Somebody Else Ltd")
	before = frappe.db.transaction_writes
	with pytest.raises(frappe.ValidationError, match="no company"):
		build.run()
	assert frappe.db.transaction_writes == before


# ---------------------------------------------------------------------------------- with workflows


WORKFLOWS = ("Repair Call", "Service Voucher", "Repair Card", "Follow-up")
"""The shipped workflows of what the stories go through."""


@dataclass(frozen=True)
class Walked:
	"""A story told with the shipped workflows: its books, where its documents stand, the steps clicked."""

	general: dict[str, list[tuple]]
	stock: list[tuple]
	places: dict[str, tuple[str, str]]
	clicked: tuple[tuple[str, str, str], ...]


_WALKED: list[dict[str, Walked] | None] = []


@pytest.fixture
def walked(monkeypatch) -> dict[str, Walked]:
	"""Stories (a), (b) and (d) with the four workflows active, every step a click on the workflow's action.

	Built once, like `demo`. What a step asks for is filled in and saved first, as it is on the form.
	"""
	if not _WALKED:
		_WALKED.append(None)
		build.set_up()
		for name in WORKFLOWS:
			defaults.restore("Workflow", name)
			activate(name)
		clicked: list[tuple[str, str, str]] = []
		_click_instead(monkeypatch, clicked)
		found = {}
		for key in ("a", "b", "d"):
			clicked.clear()
			story = stories.STORIES[key]()
			_call_the_customer_after(story, clicked)
			made = documents_of(story)
			found[key] = Walked(
				general={kind: general_ledger(kind, name) for kind, (name, *_more) in made.items()},
				stock=stock_ledger(made.get("Stock Entry", [])),
				places={
					kind: (doc.workflow_state, doc.status)
					for kind, doc in all_documents(story, {}).items()
					if kind in WORKFLOWS
				},
				clicked=tuple(clicked),
			)
		_WALKED[0] = found
	assert _WALKED[0], "the stories could not be told with workflows: see the first test's error"
	return _WALKED[0]


def _click_instead(monkeypatch, clicked: list) -> None:
	"""Let the steps of the stories be clicks on the action of the workflow that leads to the same status."""

	def click(doc, status: str, **values) -> None:
		if values.get("resolved_by_phone"):
			# Said at the moment of the step, which an action cannot carry: this button stays on the form
			move_call_itself(doc, status, **values)
			return
		doc.update(values)
		doc.save()
		(action,) = {
			step.action for step in get_transitions(doc) if mapped[doc.doctype][step.next_state] == status
		}
		apply_workflow(doc.as_dict(), action)
		doc.reload()
		clicked.append((doc.doctype, frappe.session.user, action))

	def step_to(status: str) -> Callable:
		return lambda doc: click(doc, status)

	move_call_itself = RepairCall._move_to
	mapped = {
		name: {row.state: row.update_value for row in frappe.get_doc("Workflow", name).states}
		for name in WORKFLOWS
	}
	monkeypatch.setattr(RepairCall, "_move_to", click)
	monkeypatch.setattr(RepairCard, "move_to", click)
	for controller, method, status in (
		(ServiceVoucher, "dispatch", "Dispatched"),
		(ServiceVoucher, "arrive", "On Site"),
		(ServiceVoucher, "complete", "Completed"),
		(ServiceVoucher, "archive", "Archived"),
		(RepairCard, "finish", "Ready"),
		(RepairCard, "hand_over", "Returned"),
	):
		monkeypatch.setattr(controller, method, step_to(status))


def _call_the_customer_after(story: Story, clicked: list) -> None:
	"""The desk asks the customer whether the repair holds, and completes the follow-up."""
	with acting_as(company.AGENT):
		follow_up = frappe.get_doc("Follow-up", {"repair_call": story.call})
		follow_up.update({"repair_effective": "Yes", "csat": 5})
		follow_up.save()
		apply_workflow(follow_up.as_dict(), "Complete")
		clicked.append(("Follow-up", company.AGENT, "Complete"))


@pytest.mark.parametrize("key", ["a", "b", "d"])
def test_the_books_are_the_same_with_the_shipped_workflows(walked, key):
	expected = EXPECTED[key]
	assert walked[key].general == {**expected.general, **{kind: [] for kind in expected.without_ledger}}
	assert walked[key].stock == expected.stock


def test_every_document_ends_where_its_workflow_ends(walked):
	ends = {"Repair Call": ("Closed", "Closed"), "Follow-up": ("Done", "Done")}
	visited = {**ends, "Service Voucher": ("Archived", "Archived")}
	assert walked["a"].places == visited
	assert walked["b"].places == {**visited, "Repair Card": ("Returned", "Returned")}
	assert walked["d"].places == ends


def test_each_role_clicks_its_own_steps(walked):
	"""What the app does by itself is not clicked: the arrival moves the call, the outcome resolves it."""
	assert walked["b"].clicked == (
		("Repair Call", company.AGENT, "Triage"),
		("Repair Call", company.AGENT, "Schedule"),
		("Service Voucher", company.SUPERVISOR, "Dispatch"),
		("Service Voucher", company.AOIFE, "Arrive"),
		("Service Voucher", company.AOIFE, "Complete"),
		("Repair Card", company.NIAMH, "Diagnose"),
		("Repair Card", company.SUPERVISOR, "Ask for Approval"),
		("Repair Card", company.NIAMH, "Start Repair"),
		("Repair Card", company.NIAMH, "Hand to Check"),
		("Repair Card", company.SUPERVISOR, "Verify"),
		("Repair Card", company.SUPERVISOR, "Return"),
		("Service Voucher", company.SUPERVISOR, "Archive"),
		("Repair Call", company.AGENT, "Close"),
		("Follow-up", company.AGENT, "Complete"),
	)


# ---------------------------------------------------------------------------------- reading the books


def jobs_of(story: Story) -> list[tuple[str, str]]:
	pairs = (("Service Voucher", story.voucher), ("Repair Card", story.card))
	return [(doctype, name) for doctype, name in pairs if name]


def documents_of(story: Story) -> dict[str, list[str]]:
	"""ERPNext documents that name a job of the story, by DocType."""
	made: dict[str, list[str]] = {}
	for doctype, name in jobs_of(story):
		for kind in ERPNEXT:
			link = {"aftersales_voucher_type": doctype, "aftersales_voucher": name}
			if found := frappe.get_all(kind, filters=link, pluck="name", order_by="name asc"):
				made.setdefault(kind, []).extend(found)
	return made


def all_documents(story: Story, made: dict[str, list[str]]) -> dict[str, frappe._dict]:
	"""The story's own documents, its follow-up and the first of each kind it made in ERPNext, as values."""
	names = {
		"Repair Call": story.call,
		"Service Voucher": story.voucher,
		"Collection Receipt": story.receipt,
		"Repair Card": story.card,
		"Follow-up": story.call and frappe.db.get_value("Follow-up", {"repair_call": story.call}),
		**{kind: name for kind, (name, *_more) in made.items()},
	}
	return {kind: frappe.get_doc(kind, name).as_dict() for kind, name in names.items() if name}


def general_ledger(doctype: str, name: str) -> list[tuple]:
	rows = frappe.get_all(
		"GL Entry",
		filters={"voucher_type": doctype, "voucher_no": name, "is_cancelled": 0},
		fields=["account", "debit", "credit", "cost_center"],
		order_by="account asc, debit desc",
	)
	return [(row.account, money(row.debit), money(row.credit), row.cost_center or None) for row in rows]


def stock_ledger(stock_entries: list[str]) -> list[tuple]:
	rows = frappe.get_all(
		"Stock Ledger Entry",
		filters={"voucher_type": "Stock Entry", "voucher_no": ("in", stock_entries), "is_cancelled": 0},
		fields=["item_code", "warehouse", "actual_qty", "stock_value_difference"],
		order_by="item_code asc",
	)
	return [
		(row.item_code, row.warehouse, f"{row.actual_qty:g}", money(row.stock_value_difference))
		for row in rows
	]


def debit_and_credit(vouchers: list[str]) -> tuple[Decimal, Decimal]:
	return _sum("debit", vouchers), _sum("credit", vouchers)


def _sum(side: str, vouchers: list[str] | None = None) -> Decimal:
	"""Exact sum of a side of the general ledger, of some vouchers or of all."""
	filters = {"voucher_no": ("in", vouchers)} if vouchers is not None else {}
	return sum(
		(Decimal(str(amount)) for amount in frappe.get_all("GL Entry", filters=filters, pluck=side)),
		Decimal(0),
	)


def total(rows: list[tuple], column: int) -> Decimal:
	return sum((Decimal(row[column]) for row in rows), Decimal(0))


def money(amount: float) -> str:
	"""Exactly what is stored: more than two decimals would show."""
	exact = Decimal(str(amount)).normalize()
	return f"{exact:.2f}" if exact and exact == exact.quantize(Decimal("0.01")) else f"{exact:f}"


def posted() -> tuple[int, int]:
	return frappe.db.count("GL Entry"), frappe.db.count("Stock Ledger Entry")


def clocks_of(story: Story) -> dict[str, str]:
	rows = frappe.get_all(
		"Service Clock",
		filters={
			"reference_name": ("in", [name for name in (story.call, story.voucher, story.card) if name])
		},
		fields=["reference_doctype", "measure", "state"],
	)
	return {f"{row.reference_doctype}: {row.measure}": row.state for row in rows}


def row_of(doctype: str, name: str) -> tuple:
	table = frappe.qb.DocType(doctype)
	return frappe.qb.from_(table).select("*").where(table.name == name).run()[0]


def counted_from_job(story: Story) -> dict[str, int]:
	counted: Counter = Counter()
	for doctype, name in jobs_of(story):
		for found in get_open_count(doctype, name)["count"]["external_links_found"]:
			if found["doctype"] in ERPNEXT:
				counted[found["doctype"]] += found["count"]
	return dict(+counted)


def linked_to_job(story: Story) -> dict[str, list[str]]:
	linked: dict[str, list[str]] = {}
	# Frappe remembers from the first look which DocTypes link to a job at all
	frappe.cache.delete_key("linked_doctypes")
	for doctype, name in jobs_of(story):
		for kind, rows in linked_documents(doctype, name).items():
			if kind in ERPNEXT:
				linked[kind] = sorted(row["name"] for row in rows)
	frappe.cache.delete_key("linked_doctypes")
	return linked
