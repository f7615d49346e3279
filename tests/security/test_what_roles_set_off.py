"""What each role alone sets off by the app's functions and actions: whom they let in, and what they write beyond the
role's own rights on the DocType.

Generated: every whitelisted function and action, one document of each kind. Those that write on behalf of the user
(`ignore_permissions`, `privileged`) ask for a right or a role first. Actions let in nobody who may not write the document,
but for READING and OTHERWISE; whom a function lets in stands in FUNCTIONS, where a new one needs its line. The normal run
takes one role for each, another one each time; `make doors` (AFTERSALES_ALL_DOORS=1) takes all.
"""

import itertools

import frappe
import pytest

from tests import discovery, malformed
from tests import factories as f
from tests.findings import Findings
from tests.one_of_each import stored_ones
from tests.security.doors import ROLES
from tests.security.test_child_tables import ALL

LETTERS = dict(zip(ROLES, "MSATWC", strict=True))
"""M manager, S supervisor, A agent, T technician, W workshop, C accountant."""
FUNCTIONS = {
	"MSATWC": (
		"customer_care.follow_ups.call_sheet",
		"customer_goods.refurbishing.history.of_unit",
		"field_service.board.month.load",
		"field_service.board_week.load",
		"field_service.dispatch_board.load",
		"field_service.mobile.api.session",
		"field_service.visits.planned_visits",
		"installed_base.equipment.product_details",
		"installed_base.equipment.qr_code",
		"installed_base.life.product_life",
		"repair_workshop.board.cards",
		"repair_workshop.board.load",
		"repair_workshop.board.look_up",
		"repair_workshop.parts_supply.parts_at_hand",
		"repair_workshop.quick_steps.card_of_receipt",
		"service_calls.entitlement.coverage.coverage_today",
		"service_calls.intake.customer_details",
		"service_calls.number_cards.count_open_emergencies",
		"service_calls.repeat_calls.find_related",
		"service_cash.payments.receipts.payments_of",
		"service_cash.payments.receipts.take_payment",
		"service_contracts.contracts.entitlement_of",
		"service_levels.display.count_due_next_hour",
		"service_levels.display.count_overdue",
		"service_levels.display.of_documents",
		"service_posting.part_returns.returnable",
		"service_prices.prices.expected",
		"service_quality.standards.sets.available",
		"spare_parts.part_search.find_for_job",
		"spare_parts.part_search.where_used",
		"spare_parts.parts.parts_for_equipment",
		"spare_parts.parts.parts_for_model",
		"spare_parts.parts.stock_by_warehouse",
		"spare_parts.vans.fill_vans",
		"visit_planning.service_map.load",
		"visit_planning.service_map.products",
	),
	"MSATW": (
		"installed_base.meters.readings.record_reading",
		"product_knowledge.articles.answer",
		"repair_workshop.board.advance",
		"repair_workshop.board.clock",
		"repair_workshop.cards.card_from_receipt",
		"repair_workshop.quick_steps.hand_back",
		"repair_workshop.quick_steps.hand_to_check",
		"repair_workshop.quick_steps.verify_and_finish",
		"service_posting.part_returns.return_part",
	),
	"MSAWC": (
		"field_service.dispatch.check_technician",
		"field_service.quotes.quote_of",
		"field_service.visits.where_to_go",
	),
	"MSAC": (
		"product_knowledge.solutions.solutions_for",
		"service_calls.expected_price.of_call",
		"service_checklists.filling.checklists_of",
		"service_desk.customer_panel.load",
		"service_desk.mail.writing.about",
		"service_desk.mail.writing.reply",
		"service_desk.phone_desk.suggest_windows",
		"service_levels.display.of_document",
		"spare_parts.part_sales.sell_parts",
	),
	"MSAT": ("field_service.dispatch_board.plan",),
	"MSAW": (
		"field_service.taken_along.receipt_from_voucher",
		"vendor_repairs.vendor_repairs.vendor_repair_from_card",
	),
	"MSTW": ("service_checklists.filling.save_answers",),
	"MSWC": ("vendor_repairs.cores.cores.in_stock",),
	"MSA": (
		"customer_care.follow_ups.next_to_call",
		"customer_goods.custody.receipt_from_call",
		"customer_goods.loaners.loaner_from_call",
		"customer_portal.links.make",
		"customer_portal.links.revoke",
		"customer_portal.messages.on_the_way",
		"customer_portal.vendors.visit_orders.link",
		"customer_portal.messaging.channels.available",
		"customer_portal.messaging.product_documents.send",
		"field_service.board.undo.undo",
		"field_service.dispatch_board.dispatch",
		"field_service.dispatch_board.put_back",
		"field_service.quotes.decline_quote",
		"field_service.quotes.make_quote",
		"field_service.subcontracting.actions.accept",
		"field_service.subcontracting.actions.decline",
		"field_service.visits.revisit_from_voucher",
		"field_service.visits.voucher_from_call",
		"product_knowledge.articles.articles_for",
		"product_knowledge.articles.from_job",
		"product_knowledge.documents.documents_of",
		"repair_workshop.cards.card_from_call",
		"service_calls.product_files.from_call",
		"service_desk.mail.bounces.undeliverable",
		"service_desk.mail.unplaced.open_call",
		"service_desk.mail.unplaced.put_on_call",
		"service_desk.mail.unplaced.set_aside",
		"service_desk.phone_desk.about_customer",
		"service_desk.phone_desk.known_referrals",
		"service_desk.phone_desk.on_the_line",
		"service_desk.phone_desk.preview",
		"service_desk.phone_desk.search",
		"service_desk.phone_desk.take_call",
		"service_desk.telephone.call_logs.put_on_call",
		"service_desk.telephone.call_logs.set_aside",
		"service_quality.consultations.ask",
		"service_routes.geocoding.find",
		"visit_planning.emergencies.options",
		"visit_planning.emergencies.take",
	),
	"MSC": (
		"repair_workshop.uncollected.charge_storage",
		"service_accounts.delay.proposal_for_invoice",
		"service_accounts.recovery.claimable_lines",
		"service_billing.billing.what_to_bill",
		"service_contracts.contracts.renewal_of",
		"service_posting.posting.post_again",
	),
	"MC": (
		"service_accounts.reconciliation.correct",
		"service_billing.credits.bill_again",
		"service_billing.doctype.billing_run.billing_run.bill_now",
		"service_cash.cash.receive_cash",
		"service_cash.handover.open_cash",
		"service_cash.modes.cash_modes",
		"service_cash.own_payments.link_payment",
		"service_cash.own_payments.payments_to_link",
		"service_quality.management.management_report.show",
	),
	"MS": (
		"customer_portal.vendors.cases.share",
		"field_service.finishing.begin",
		"field_service.finishing.finish",
		"field_service.subcontracting.actions.end",
		"field_service.subcontracting.actions.make_purchase_order",
		"field_service.subcontracting.actions.set_price",
		"service_quality.faults.raise_for_call",
		"service_quality.shared_case.calls_behind",
		"service_quality.shared_case.photo",
	),
	"M": (
		"repair_workshop.uncollected.dispose",
		"service_desk.take_over.taking.take_over",
		"service_levels.from_erpnext.import_agreement",
		"service_levels.preview.preview",
		"service_quality.standards.sets.install",
		"setup.assistant.load",
		"setup.assistant.send_test_mail",
		"setup.assistant.switch",
		"setup.checks.run",
		"setup.defaults.is_shipped",
		"setup.defaults.restore",
		"setup.defaults.translate",
	),
	"": (
		"field_service.mobile.api.load",
		"field_service.mobile.api.take",
		"field_service.mobile.api.upload",
		"field_service.quotes.accept_quote",
		"field_service.subcontracting.actions.bill_from_subcontracted_visit",
		"planned_service.forecast.propose_parts",
		"planned_service.take_over.take_over_schedules",
		"setup.assistant.add_technician",
		"setup.assistant.give_roles",
		"setup.assistant.set_labour_price",
		"setup.assistant.switch_workflow",
		"setup.permissions.grant_again",
		"setup.sample.create",
		"setup.sample.remove",
		"vendor_repairs.vendor_repairs.bill_from_vendor_repair",
	),
}
"""Letters of the roles that each function lets in, whatever it says afterwards. Nobody: System Managers alone."""

READING = {
	"Billing Run.progress": "S",
	"Customer Message.placeholders": "SA",
	"Customer Message.preview": "SA",
	"Service Campaign.concerned": "ATW",
	"Service Target.count_running_clocks": "SATWC",
}
"""Actions that write nothing: letters of the roles that may read the document only."""

OTHERWISE = {
	"Loaner Issue.charge_customer": "C",  # who decides about a lost loaner is a role, and reads it
	"Loaner Issue.write_off": "C",
	"Staff Monthly Record.confirm_as_leader": "MS",  # nobody writes it; the leader signs
}
"""Actions that write for users who may not write the document, with the letters of their roles."""

WITH_ANY_CHANGE = {"Version", "Comment", "Service Clock", "Notification Log"}
"""What follows from any change of a document: its history, its timeline, the clocks of its targets, notices of it."""

WRITTEN_FOR_THEM = {
	(
		"service_desk.telephone.call_logs.set_aside",
		"Call Log",
	): "MSA",  # they read it, and say what it was about
	(
		"setup.defaults.translate",
		"Email Template",
	): "M",  # shipped texts that nobody has changed, as in restore
	("Staff Monthly Record.confirm_as_leader", "Staff Monthly Record"): "MS",
}
"""(function or action, DocType) → letters of roles that have no right to write or create it."""


@pytest.fixture
def known():
	documents = stored_ones(f.shop())
	names = {doctype: doc.name for doctype, doc in documents.items()}
	return {**names, "Customer": documents["Repair Call"].customer, "Item": f.item("Gas Valve Seal")}


@pytest.fixture
def users(known):
	return {
		letter: f.user(f"{frappe.scrub(role)}@sets-off.example", role) for role, letter in LETTERS.items()
	}


@pytest.fixture
def asked(users, request):
	"""`asked(call, letters)`: letter → (error or None, DocTypes that were written without a right to)."""
	held = request.node.held_transaction

	def ask(call, letters: str) -> dict[str, tuple]:
		answers = {}
		for letter in letters:
			frappe.set_user(users[letter])
			try:
				with held.writes() as written:
					error = malformed.outcome(call)
			finally:
				frappe.set_user("Administrator")
			beyond = set() if error else {table for table in written if not _may_write(table, users[letter])}
			answers[letter] = (error, beyond - WITH_ANY_CHANGE)
		return answers

	return ask


def _may_write(table: str, user: str) -> bool:
	if not frappe.db.exists("DocType", table) or frappe.get_meta(table).istable:
		return True
	return any(frappe.has_permission(table, right, user=user) for right in ("write", "create"))


def check(found: Findings, what: str, answers: dict[str, tuple], expected: str) -> None:
	"""Those of `answers` that are let in are those `expected`, and write no more than stands in WRITTEN_FOR_THEM."""
	let_in = {
		letter for letter, (error, _) in answers.items() if not isinstance(error, frappe.PermissionError)
	}
	if let_in != set(answers) & set(expected):
		found.add(f"{what} lets in {sorted(let_in)} of {sorted(answers)}, expected {expected!r}")
	for letter, (_error, beyond) in answers.items():
		for table in beyond:
			if letter not in WRITTEN_FOR_THEM.get((what, table), ""):
				found.add(f"{what} writes {table} for {letter}")
	found.tried(len(answers))


def letters_each():
	turn = itertools.cycle(LETTERS.values())
	while True:
		yield "".join(LETTERS.values()) if ALL else next(turn)


def test_functions_let_in_who_stands_in_the_table(known, asked):
	expected = {name: letters for letters, names in FUNCTIONS.items() for name in names}
	assert set(expected) == {path.removeprefix("aftersales.") for path in discovery.functions()}
	found = Findings("functions by role")
	for path, letters in zip(discovery.functions(), letters_each(), strict=False):
		function = frappe.get_attr(path)

		def call(function=function):
			function(**discovery.arguments(function, known))

		name = path.removeprefix("aftersales.")
		check(found, name, asked(call, letters), expected[name])
	found.none()


def test_actions_let_in_nobody_who_may_not_write_the_document(known, users, asked):
	found = Findings("actions by role")
	for (doctype, action), letters in zip(discovery.actions(), letters_each(), strict=False):
		doc = frappe.get_doc(doctype, known.get(doctype, doctype))

		def call(doctype=doctype, action=action, name=doc.name):
			stored = frappe.get_doc(doctype, name)
			stored.run_method(action, **discovery.arguments(getattr(stored, action), {}))

		name = f"{doctype}.{action}"
		answers = asked(call, letters)
		may = {
			letter
			for letter in answers
			if frappe.has_permission(doctype, "write", doc=doc, user=users[letter])
		}
		may |= {*READING.get(name, ""), *OTHERWISE.get(name, "")}
		let_in = {key for key, (error, _) in answers.items() if not isinstance(error, frappe.PermissionError)}
		check(found, name, answers, "".join(let_in & may))
	found.none()
