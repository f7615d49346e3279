"""Warranty recovered from the maker, damage claims, compensation of delays: booked, followed, taken back.

Ledger rows are written down as an accountant would expect them (R-AC-7 to R-AC-9). Masters are those of
`factories.shop`: a seal cost 12.50, an hour 30; the maker's account is Creditors.
"""

import frappe
import pytest
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from frappe.utils import add_days, add_to_date, now_datetime, nowdate

from aftersales import printing
from aftersales.service_accounts import delay
from aftersales.service_accounts.recovery import claimable_lines
from aftersales.service_accounts.report.job_profitability import job_profitability
from aftersales.service_accounts.report.service_revenue_reconciliation import service_revenue_reconciliation
from aftersales.service_accounts.report.unbilled_work import unbilled_work
from aftersales.service_accounts.report.warranty_cost import warranty_cost
from aftersales.service_billing import credits
from aftersales.service_posting.posting import post_again
from tests import factories as make
from tests.attacks import bulk_edited, refused
from tests.jobs import billed, done, gl

COMPANY = make.COMPANY
TAXES = "Sales Taxes and Charges Template"


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	names.maker = supplier("Baxi Heating")
	names.insurer = supplier("Atlantic Insurance")
	names.damage = make.account("Damage to Customers", "Indirect Expenses")
	names.delay = make.account("Delay Compensation", "Indirect Expenses")
	brand = frappe.get_doc("Brand", make.once("Brand", "Baxi", brand="Baxi"))
	brand.append("brand_defaults", {"company": COMPANY, "default_supplier": names.maker})
	brand.save()
	make.settings(
		billing_accounts=[
			{
				"company": COMPANY,
				"damage_account": names.damage,
				"delay_account": names.delay,
				"cost_center": names.cost_center,
			}
		]
	)
	return names


def supplier(name: str) -> str:
	return make.once(
		"Supplier",
		name,
		supplier_name=name,
		supplier_group=frappe.get_all("Supplier Group", {"is_group": 0}, pluck="name", order_by="name")[0],
	)


def ledger(name: str) -> list[tuple]:
	"""Account, debit, credit and party of a document; sorted."""
	rows = frappe.get_all(
		"GL Entry",
		filters={"voucher_no": name, "is_cancelled": 0},
		fields=["account", "debit", "credit", "party"],
		order_by="account asc, debit asc, credit asc",
	)
	return sorted((row.account, row.debit, row.credit, row.party) for row in rows)


# ---------------------------------------------------------------- recovery from the maker


def warranty_job(shop, kind="Service Voucher", **values):
	return done(
		shop,
		kind,
		"C",
		equipment=make.equipment(shop.customer),
		labour=[make.hours(2)],
		parts=[make.part(shop.seal, 2)],
		**values,
	)


def claim(shop, **values):
	return make.make(
		"Warranty Recovery Claim",
		supplier=shop.maker,
		company=COMPANY,
		lines=claimable_lines(COMPANY, shop.maker),
		**values,
	)


def test_warranty_lines_are_claimed_answered_and_credited(shop):
	warranty_job(shop)
	warranty_job(shop, "Repair Card")
	done(shop, category="A", labour=[make.hours(1)], parts=[make.part(shop.seal)])  # not the maker's
	doc = claim(shop)
	assert [(line.item_code, line.qty, line.cost, line.claimed_amount) for line in doc.lines] == [
		(shop.hour, 2, 60, 60),
		(shop.seal, 2, 25, 25),
	] * 2
	doc.submit()
	assert (doc.status, doc.total_claimed) == ("Sent", 170)

	doc.record_answer(supplier_reference="BX-77", accepted_percent=80)
	assert (doc.status, doc.total_accepted) == ("Answered", 136)
	name = doc.make_debit_note()
	assert doc.make_debit_note() == name  # a double click makes one
	note = frappe.get_doc("Purchase Invoice", name)
	assert (note.docstatus, note.is_return, note.bill_no, note.grand_total) == (0, 1, "BX-77", -136)
	note.submit()

	assert ledger(name) == [
		("Creditors - LSL", 136, 0, shop.maker),
		("Warranty Expense - LSL", 0, 136, None),
	]
	doc.reload()
	assert (doc.status, doc.credited_amount) == ("Credited", 136)
	assert [line.credited_amount for line in doc.lines] == [48, 20, 48, 20]


def test_a_debit_note_has_the_taxes_of_purchases(shop):
	"""85.00 and 23 % that the maker credits, too: as on the invoice by which the parts were bought."""
	tax = make.account("Purchase VAT", "Duties and Taxes", account_type="Tax")
	make.make(
		"Purchase Taxes and Charges Template",
		title="Purchase VAT 23",
		company=COMPANY,
		is_default=1,
		taxes=[
			{
				"category": "Total",
				"add_deduct_tax": "Add",
				"charge_type": "On Net Total",
				"account_head": tax,
				"rate": 23,
				"description": "VAT",
			}
		],
	)
	warranty_job(shop)
	doc = claim(shop)
	doc.submit()
	doc.record_answer(accepted_percent=100)
	note = frappe.get_doc("Purchase Invoice", doc.make_debit_note())
	note.submit()
	assert (note.net_total, note.grand_total) == (-85, -104.55)
	assert ledger(note.name) == [
		("Creditors - LSL", 104.55, 0, shop.maker),
		(tax, 0, 19.55, None),
		("Warranty Expense - LSL", 0, 85, None),
	]


def test_warranty_cost_shows_what_came_back(shop):
	job = warranty_job(shop)
	filters = {"company": COMPANY, "from_date": add_days(nowdate(), -1), "to_date": nowdate()}
	doc = claim(shop)
	doc.submit()
	doc.record_answer(accepted_percent=50)
	frappe.get_doc("Purchase Invoice", doc.make_debit_note()).submit()

	(row,) = warranty_cost.execute(filters)[1]
	assert (row.value, row.jobs, row.parts, row.labour, row.cost) == ("600 Combi", 1, 25, 60, 85)
	assert (row.claimed, row.accepted, row.credited, row.net) == (85, 42.5, 42.5, 42.5)
	# Warranty cost is what the ledger holds on the warranty account, net of the credit
	balance = sum(
		debit - credit
		for name in (job.stock_entry, job.labour_journal_entry, doc.debit_note)
		for account, debit, credit, _center in gl(name)
		if account == "Warranty Expense - LSL"
	)
	assert balance == row.net
	by_month = warranty_cost.execute({**filters, "group_by": "Month", "brand": "Baxi"})[1]
	assert [(one.value, one.cost) for one in by_month] == [(nowdate()[:7], 85)]
	assert warranty_cost.execute({**filters, "brand": "Other"})[1] == []


def test_a_line_is_claimed_once(shop):
	warranty_job(shop)
	first, second = claim(shop), claim(shop)
	first.submit()
	assert claimable_lines(COMPANY, shop.maker) == []
	with pytest.raises(frappe.ValidationError, match="claimed already by"):
		second.submit()
	line = frappe.get_doc("Warranty Recovery Line", {"parent": second.name})
	line.claim_key = line.line
	with pytest.raises(frappe.UniqueValidationError):
		line.db_update()


def test_cancelled_claim_frees_its_lines(shop):
	job = warranty_job(shop)
	doc = claim(shop)
	doc.submit()
	frappe.db.commit()
	with pytest.raises(frappe.LinkExistsError):  # the claim rests on the job
		frappe.get_doc("Service Voucher", job.name).cancel()
	frappe.db.rollback()
	doc.cancel()
	assert doc.status == "Cancelled"
	again = claim(shop)
	again.submit()
	assert again.status == "Sent"


def test_debit_note_cancelled_amended_or_deleted(shop):
	warranty_job(shop)
	doc = claim(shop)
	doc.submit()
	doc.record_answer(accepted_percent=100)
	note = frappe.get_doc("Purchase Invoice", doc.make_debit_note())
	note.submit()
	doc.reload()
	with pytest.raises(frappe.ValidationError, match="Cancel or delete it first"):
		doc.cancel()
	doc.reload()
	note.cancel()
	doc.reload()
	assert (doc.status, doc.debit_note, doc.credited_amount) == ("Answered", None, 0)

	amended = frappe.copy_doc(note)
	amended.amended_from = note.name
	amended.insert()
	doc.reload()
	assert doc.debit_note == amended.name
	amended.submit()
	assert frappe.db.get_value(doc.doctype, doc.name, ["status", "credited_amount"]) == ("Credited", 85)
	amended.cancel()

	doc.reload()
	draft = doc.make_debit_note()
	frappe.delete_doc("Purchase Invoice", draft)
	doc.reload()
	assert (doc.status, doc.debit_note) == ("Answered", None)


def answered(shop):
	"""A claim of 60.00 for two hours and 25.00 for two seals, accepted in full."""
	warranty_job(shop)
	doc = claim(shop)
	doc.submit()
	doc.record_answer(accepted_percent=100)
	return doc


def credited(doc) -> list[tuple]:
	doc.reload()
	return [(line.item_code, line.credited_amount) for line in doc.lines]


def test_hours_under_warranty_of_a_job_that_the_customer_pays_relieve_the_warranty_account(shop):
	"""The hours were booked by category C, though the job is of category A."""
	why = {"charge_to": "Warranty", "charge_reason": "Seal of the last repair"}
	job = done(
		shop,
		category="A",
		equipment=make.equipment(shop.customer),
		labour=[make.hours(2, **why)],
		parts=[make.part(shop.seal, **why), make.part(shop.seal)],
	)
	assert gl(job.labour_journal_entry)[1][:3] == ("Warranty Expense - LSL", 60, 0)
	doc = claim(shop)
	doc.submit()
	doc.record_answer(accepted_percent=100)
	note = frappe.get_doc("Purchase Invoice", doc.make_debit_note())
	note.submit()
	assert ledger(note.name) == [
		("Creditors - LSL", 72.5, 0, shop.maker),
		("Warranty Expense - LSL", 0, 72.5, None),
	]


def test_the_credit_of_a_maker_who_is_merged_with_another(shop):
	doc = answered(shop)
	note = doc.make_debit_note()
	group = supplier("Baxi Group")
	frappe.rename_doc("Supplier", shop.maker, group, merge=True, show_alert=False, rebuild_search=False)
	frappe.get_doc("Purchase Invoice", note).submit()
	doc.reload()
	assert (doc.supplier, doc.status, doc.credited_amount) == (group, "Credited", 85)


def test_an_amended_debit_note_credits_the_rows_it_keeps(shop):
	"""The maker withdraws the hours; the accountant amends the note without their row."""
	doc = answered(shop)
	note = frappe.get_doc("Purchase Invoice", doc.make_debit_note())
	note.submit()
	note.cancel()
	amended = frappe.copy_doc(note)
	amended.amended_from = note.name
	amended.items = amended.items[1:]
	amended.items[0].idx = 1
	amended.insert()
	amended.submit()
	assert credited(doc) == [(shop.hour, 0), (shop.seal, 25)]
	assert doc.credited_amount == 25


def test_a_row_of_the_debit_note_that_is_split_credits_its_line_in_full(shop):
	doc = answered(shop)
	note = frappe.get_doc("Purchase Invoice", doc.make_debit_note())
	note.items[0].rate = 40
	note.append("items", {**frappe.copy_doc(note.items[0]).as_dict(), "rate": 20, "idx": None})
	note.save()
	note.submit()
	assert credited(doc) == [(shop.hour, 60), (shop.seal, 25)]
	assert doc.credited_amount == 85


def test_the_debit_note_credits_what_is_stored(shop):
	warranty_job(shop)
	doc = claim(shop)
	doc.submit()
	doc.record_answer(accepted_percent=50)
	sent = frappe.get_doc(doc.doctype, doc.name)
	for line in sent.lines:
		line.accepted_amount = 500  # on a form that was not saved
	name = sent.make_debit_note()
	assert frappe.db.get_value("Purchase Invoice", name, "grand_total") == -42.5


def test_maker_refuses(shop):
	warranty_job(shop)
	doc = claim(shop)
	with pytest.raises(frappe.ValidationError, match="only a claim that was sent"):
		doc.record_answer(accepted_percent=10)
	doc.submit()
	doc.record_answer(accepted_percent=0, answer="Scale is not covered")
	assert doc.status == "Rejected"
	with pytest.raises(frappe.ValidationError, match="record the answer"):
		doc.make_debit_note()
	doc.lines[0].accepted_amount = 61
	with pytest.raises(frappe.ValidationError, match="cannot be accepted"):
		doc.save()


def test_claims_are_guarded(shop):
	warranty_job(shop)
	doc = claim(shop)
	doc.lines[0].cost = 1000
	doc.save()
	assert doc.lines[0].cost == 60
	refused(frappe.PermissionError, doc, status="Credited")
	doc.append("lines", {**claimable_lines(COMPANY, shop.maker)[0], "line": "made up"})
	with pytest.raises(frappe.ValidationError, match="no warranty line"):
		doc.save()
	doc.reload()
	doc.submit()
	refused(frappe.PermissionError, doc, status="Credited")
	refused(frappe.PermissionError, doc, credited_amount=85)
	frappe.set_user(make.user("supervisor@claims.example", "Service Supervisor"))
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc(doc.doctype, doc.name).record_answer(accepted_percent=100)
	frappe.set_user(make.user("agent@claims.example", "Service Agent"))
	with pytest.raises(frappe.PermissionError):
		claimable_lines(COMPANY, shop.maker)


def test_only_the_makers_own_brands(shop):
	warranty_job(shop)
	assert claimable_lines(COMPANY, shop.insurer) == []
	assert len(claimable_lines(COMPANY, shop.insurer, brand="Baxi")) == 2


# ---------------------------------------------------------------- damage


def damage(shop, **values):
	return make.make(
		"Damage Claim",
		**{
			"customer": shop.customer,
			"company": COMPANY,
			"incident_at": now_datetime(),
			"cause": "Our Work",
			"incident": "Tool slipped, two tiles and the basin cracked",
			"no_photo_reason": "Customer had cleaned up",
			"items": [
				{"description": "Basin", "amount": 220},
				{"description": "Two tiles", "amount": 80},
			],
			**values,
		},
	)


def test_shared_damage_is_credited_to_the_customer(shop):
	doc = damage(shop, maker=shop.maker, maker_share=100, insurer=shop.insurer, insurer_share=150)
	assert (doc.damage_amount, doc.settled_amount, doc.our_share) == (300, 300, 50)
	doc.submit()
	doc.reload()
	assert ledger(doc.journal_entry) == [
		("Creditors - LSL", 100, 0, shop.maker),
		("Creditors - LSL", 150, 0, shop.insurer),
		("Damage to Customers - LSL", 50, 0, None),
		("Debtors - LSL", 0, 300, shop.customer),
	]
	assert (doc.status, doc.settled_by) == ("Settled", "Administrator")


def test_small_damage_is_paid_on_the_spot_by_a_supervisor(shop):
	mode = frappe.get_doc("Mode of Payment", "Cash")
	mode.set("accounts", [{"company": COMPANY, "default_account": "Cash - LSL"}])
	mode.save()
	make.settings(damage_spot_limit=100)
	spot = {"settlement": "Paid on the Spot", "mode_of_payment": "Cash", "signed_by": "N. Byrne"}
	frappe.set_user(make.user("supervisor@damage.example", "Service Supervisor"))
	doc = damage(shop, items=[{"description": "Tile", "amount": 80}], **spot)
	doc.submit()
	doc.reload()
	assert ledger(doc.journal_entry) == [
		("Cash - LSL", 0, 80, None),
		("Damage to Customers - LSL", 80, 0, None),
	]
	with pytest.raises(frappe.ValidationError, match="at most"):
		damage(shop, **spot).submit()
	with pytest.raises(frappe.PermissionError):
		damage(shop).submit()
	with pytest.raises(frappe.PermissionError):
		doc.cancel()


def test_a_technician_settles_a_small_damage_of_an_own_job(shop):
	mode = frappe.get_doc("Mode of Payment", "Cash")
	mode.set("accounts", [{"company": COMPANY, "default_account": "Cash - LSL"}])
	mode.save()
	make.settings(damage_spot_limit=100)
	user = make.user("technician@damage.example", "Service Technician")
	visit = make.voucher(make.call(shop.customer), shop.technician)
	frappe.db.set_value("Service Technician", shop.technician, "user", user)
	frappe.set_user(user)
	values = {
		**{"settlement": "Paid on the Spot", "mode_of_payment": "Cash", "signed_by": "N. Byrne"},
		**{"items": [{"description": "Tile", "amount": 40}], "photos": [{"image": "/files/tile.jpg"}]},
	}
	own = damage(shop, job_type="Service Voucher", job=visit.name, **values)
	with pytest.raises(frappe.ValidationError, match=r"settles .* at most"):
		own.settle_on_the_spot()
	frappe.set_user("Administrator")
	make.settings(damage_technician_limit=50)
	frappe.set_user(user)
	with pytest.raises(frappe.PermissionError, match="technician of the job"):
		damage(shop, **values).settle_on_the_spot()
	with pytest.raises(frappe.PermissionError):
		own.submit()
	job = {"job_type": "Service Voucher", "job": visit.name}
	with pytest.raises(frappe.PermissionError, match="set by a supervisor"):
		damage(shop, maker=shop.maker, maker_share=10, **job, **values).settle_on_the_spot()
	own.settle_on_the_spot()
	own.reload()
	assert (own.status, own.settled_by) == ("Settled", user)
	assert ledger(own.journal_entry) == [
		("Cash - LSL", 0, 40, None),
		("Damage to Customers - LSL", 40, 0, None),
	]
	# A damage in two claims is not a small one
	with pytest.raises(frappe.ValidationError, match=r"80.* settles .* at most"):
		damage(shop, job_type="Service Voucher", job=visit.name, **values).settle_on_the_spot()


def test_damage_that_we_repaired(shop):
	doc = damage(shop, settlement="Repaired by Us", insurer=shop.insurer, insurer_share=250)
	doc.submit()
	doc.reload()
	assert ledger(doc.journal_entry) == [
		("Creditors - LSL", 250, 0, shop.insurer),
		("Damage to Customers - LSL", 0, 250, None),
	]
	ours = damage(shop, settlement="Repaired by Us")
	ours.submit()
	ours.reload()
	assert ours.journal_entry is None


def test_damage_taken_back_and_amended(shop):
	doc = damage(shop)
	doc.submit()
	doc.reload()
	booked = doc.journal_entry
	frappe.db.commit()
	with pytest.raises(frappe.LinkExistsError):
		frappe.get_doc("Journal Entry", booked).cancel()
	frappe.db.rollback()
	doc.cancel()
	assert ledger(booked) == []
	doc.reload()
	amended = frappe.copy_doc(doc)
	amended.amended_from = doc.name
	amended.settled_amount = 200
	amended.insert()
	amended.submit()
	amended.reload()
	assert ledger(amended.journal_entry) == [
		("Damage to Customers - LSL", 200, 0, None),
		("Debtors - LSL", 0, 200, shop.customer),
	]


@pytest.mark.parametrize(
	("values", "told"),
	[
		({"maker_share": 100}, "who bears this share"),
		({"settled_amount": 301}, "the damage is"),
		({"insurer": "Atlantic Insurance", "insurer_share": 301}, "only"),
	],
)
def test_shares_that_do_not_fit(shop, values, told):
	with pytest.raises(frappe.ValidationError, match=told):
		damage(shop, **values)


def test_damage_needs_evidence_and_a_job_of_the_customer(shop):
	with pytest.raises(frappe.MandatoryError, match="photos"):
		damage(shop, no_photo_reason=None).submit()
	job = done(shop, labour=[make.hours(1)])
	doc = damage(shop, job_type=job.doctype, job=job.name)
	assert doc.repair_call == job.repair_call
	with pytest.raises(frappe.ValidationError, match="differs from that of"):
		damage(shop, customer=make.customer("Cathal Lynch"), job_type=job.doctype, job=job.name)


def test_fields_of_record_of_a_damage_claim(shop):
	doc = damage(shop)
	refused(frappe.PermissionError, doc, status="Settled")
	doc.submit()
	refused(frappe.PermissionError, doc, status="Draft")
	refused(frappe.UpdateAfterSubmitError, doc, settled_amount=10)


# ---------------------------------------------------------------- delay


def late_card(shop, days=4, **values):
	make.settings(delay_rate_per_day=5, delay_max_percent=50)
	return done(
		shop,
		"Repair Card",
		labour=[make.hours(1)],
		parts=[make.part(shop.seal)],
		promised_return=add_to_date(now_datetime(), days=-days),
		**values,
	)


def proposed(card):
	return frappe.get_doc("Delay Compensation", {"job": card.name, "docstatus": 0})


def test_a_late_return_is_proposed_never_taken_off(shop):
	card = late_card(shop)
	doc = proposed(card)
	assert (doc.status, doc.days_late, doc.proposed_amount, doc.amount) == ("Proposed", 4, 20, 20)
	assert card.amount_due == 115.77
	waiting = delay.proposal_for_invoice(card.sales_invoice)
	assert (waiting.name, waiting.proposed_amount) == (doc.name, 20)
	assert frappe.db.count("Delay Compensation", {"job": card.name}) == 1


def test_granted_as_a_discount_on_the_draft_invoice(shop):
	card = late_card(shop)
	doc = proposed(card)
	with pytest.raises(frappe.MandatoryError, match="for which we are responsible"):
		doc.submit()
	doc.reload()
	doc.fault = "Ours"
	doc.submit()
	# 102.00 less 20.00 net, 13.5 % of 82.00 = 11.07
	invoice = frappe.get_doc("Sales Invoice", card.sales_invoice)
	assert (invoice.discount_amount, invoice.net_total, invoice.grand_total) == (20, 82, 93.07)
	card.reload()
	assert (card.amount_due, card.billing_status) == (93.07, "To Bill")
	assert delay.proposal_for_invoice(card.sales_invoice) is None
	doc.reload()
	assert (doc.status, doc.discounted_invoice) == ("Granted", card.sales_invoice)

	doc.cancel()
	assert frappe.db.get_value("Sales Invoice", card.sales_invoice, "grand_total") == 115.77
	assert frappe.db.get_value("Repair Card", card.name, "amount_due") == 115.77


def test_granted_as_a_discount_where_discounts_have_an_account_of_their_own(shop):
	"""Selling Settings > Enable Discount Accounting: all of the income, and the compensation on its own account."""
	frappe.db.set_single_value("Selling Settings", "enable_discount_accounting", 1)
	card = late_card(shop)
	doc = proposed(card)
	doc.fault = "Ours"
	doc.submit()
	invoice = frappe.get_doc("Sales Invoice", card.sales_invoice)
	assert invoice.additional_discount_account == "Delay Compensation - LSL"
	invoice.submit()
	assert [row[:3] for row in ledger(invoice.name)] == [
		("Debtors - LSL", 93.07, 0),
		("Delay Compensation - LSL", 20, 0),
		("Repair Income - LSL", 0, 102),
		("VAT - LSL", 0, 11.07),
	]


def test_granted_as_a_credit_after_the_invoice(shop):
	card = late_card(shop)
	invoice = frappe.get_doc("Sales Invoice", card.sales_invoice)
	invoice.submit()
	doc = proposed(card)
	doc.fault = "Ours"
	doc.amount = 15
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="no draft invoice"):
		doc.submit()
	frappe.db.rollback()
	doc = proposed(card)
	doc.update({"fault": "Ours", "amount": 15, "apply_as": "Credit to the Customer"})
	doc.submit()
	doc.reload()
	booked = doc.journal_entry
	assert ledger(booked) == [
		("Debtors - LSL", 0, 15, shop.customer),
		("Delay Compensation - LSL", 15, 0, None),
	]
	doc.cancel()
	assert ledger(booked) == []


def test_discount_stays_on_a_submitted_invoice(shop):
	card = late_card(shop)
	doc = proposed(card)
	doc.fault = "Ours"
	doc.submit()
	invoice = frappe.get_doc("Sales Invoice", card.sales_invoice)
	invoice.submit()
	doc.reload()
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="is submitted with this discount"):
		doc.cancel()
	frappe.db.rollback()
	invoice.reload()
	invoice.cancel()  # nothing of ours bars it
	frappe.get_doc(doc.doctype, doc.name).cancel()


def test_declined_and_not_proposed_again(shop):
	card = late_card(shop)
	doc = proposed(card)
	with pytest.raises(frappe.MandatoryError):
		doc.decline("")
	doc.decline("Customer was away for a week", fault="Customer")
	assert (doc.status, doc.fault) == ("Declined", "Customer")
	delay.propose(frappe.get_doc("Repair Card", card.name))
	assert frappe.db.count("Delay Compensation", {"job": card.name}) == 1
	with pytest.raises(frappe.ValidationError, match="declined"):
		doc.submit()


def test_somebody_elses_fault_is_not_compensated(shop):
	doc = proposed(late_card(shop))
	doc.fault = "Carrier"
	with pytest.raises(frappe.ValidationError, match="Decline it instead"):
		doc.submit()


def test_in_time_or_without_a_rule_nothing_is_proposed(shop):
	late_card(shop, days=0)
	make.settings(delay_rate_per_day=0)
	done(
		shop,
		"Repair Card",
		labour=[make.hours(1)],
		promised_return=add_to_date(now_datetime(), days=-4),
	)
	assert frappe.db.count("Delay Compensation") == 0


def test_the_contract_may_agree_another_rate(shop):
	contract = make.contract(shop.customer, labour_share=0, parts_share=0, delay_rate_per_day=8)
	doc = proposed(late_card(shop, service_contract=contract.name))
	assert (doc.rate_per_day, doc.proposed_amount) == (8, 32)


def test_the_rule_is_the_limit(shop):
	doc = proposed(late_card(shop, days=30))
	assert doc.proposed_amount == 51  # half of 102.00 net
	doc.amount = 52
	with pytest.raises(frappe.ValidationError, match="at most"):
		doc.save()
	doc.reload()
	refused(frappe.PermissionError, doc, status="Granted")
	frappe.set_user(make.user("supervisor@delay.example", "Service Supervisor"))
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc(doc.doctype, doc.name).decline("No")


def test_the_limit_is_a_share_of_this_jobs_bill_alone(shop):
	frappe.get_doc("Customer", shop.customer).update(
		{"aftersales_invoicing": "One Invoice per Customer"}
	).save()
	small, other = late_card(shop, days=30), late_card(shop, days=30)

	# 60 + 42 net: half of it is the most, also while no invoice is made
	assert proposed(small).proposed_amount == 51
	for card in (small, other):
		frappe.delete_doc("Delay Compensation", proposed(card).name)
	billed(small, other)
	assert delay.proposal(small.name)["proposed_amount"] == 51


def test_the_limit_is_a_share_of_the_net_bill_where_prices_include_the_tax(shop):
	for template in frappe.get_all("Sales Taxes and Charges", {"parenttype": TAXES}, pluck="name"):
		frappe.db.set_value("Sales Taxes and Charges", template, "included_in_print_rate", 1)
	card = late_card(shop, days=30)
	assert card.amount_due == 102
	# 52.86 + 37.00 net
	assert proposed(card).proposed_amount == 44.93


def test_the_net_bill_of_an_excess_is_net_where_prices_include_the_tax(shop):
	for template in frappe.get_all("Sales Taxes and Charges", {"parenttype": TAXES}, pluck="name"):
		frappe.db.set_value("Sales Taxes and Charges", template, "included_in_print_rate", 1)
	monthly(shop)  # no invoice is made yet
	make.settings(excess_item=make.service_item("Contract Excess", uom="Nos"))
	make.category_accounts("B", expense_account=shop.parts_cost, cost_center=shop.cost_center)
	terms = make.contract(shop.customer, excess_per_job=50)
	card = late_card(shop, days=30, category="B", service_contract=terms.name)
	assert (card.amount_due, card.contract_excess, card.sales_invoice) == (50, 50, None)

	# 50.00 with 13.5 % in it is 44.05 net, here and in the report of what is to be billed; half of it, to the even cent
	assert proposed(card).proposed_amount == 22.02
	_columns, rows, *_more = unbilled_work.execute({"company": COMPANY})
	assert [(row.net, row.amount_due) for row in rows if row.job == card.name] == [(44.05, 50)]
	assert printing.aftersales_bill(card).net == pytest.approx(44.05)
	frappe.delete_doc("Delay Compensation", proposed(card).name)

	billed(card)
	card.reload()
	assert frappe.db.get_value("Sales Invoice", card.sales_invoice, "net_total") == 44.05
	assert delay.proposal(card.name)["proposed_amount"] == 22.02


def test_discount_is_taken_back_from_the_amended_invoice(shop):
	card = late_card(shop)
	doc = proposed(card)
	doc.update({"fault": "Ours", "apply_as": delay.DISCOUNT})
	doc.submit()
	invoice = frappe.get_doc("Sales Invoice", card.sales_invoice)
	invoice.submit()
	invoice.cancel()
	amended = frappe.copy_doc(invoice)
	amended.amended_from = invoice.name
	amended.insert()
	assert amended.discount_amount == 20

	frappe.get_doc(doc.doctype, doc.name).cancel()

	assert frappe.db.get_value("Sales Invoice", amended.name, ["discount_amount", "net_total"]) == (0, 102)


# ---------------------------------------------------------------- the discount and its invoice


def granted(card, **values):
	doc = proposed(card)
	doc.update({"fault": "Ours", **values})
	doc.submit()
	return frappe.get_doc(doc.doctype, doc.name)


def stands_on(doc) -> tuple:
	doc.reload()
	return doc.status, doc.discounted_invoice


def next_invoice(card):
	post_again(card.doctype, card.name)
	return frappe.get_doc("Sales Invoice", frappe.db.get_value(card.doctype, card.name, "sales_invoice"))


def monthly(shop):
	terms = {"aftersales_invoicing": "One Invoice per Customer", "aftersales_billing_period": "Day"}
	frappe.get_doc("Customer", shop.customer).update(terms).save()


def totals(invoice: str) -> tuple:
	return frappe.db.get_value("Sales Invoice", invoice, ["discount_amount", "net_total", "grand_total"])


def discounts_to_come() -> tuple[dict, float | None]:
	"""Unbilled Work: what is to be billed and taken off by job, and the sum of the latter."""
	report = unbilled_work.execute({"company": COMPANY})
	summed = {one["label"]: one["value"] for one in report[4]}
	shown = "discount" in {column["fieldname"] for column in report[0]}
	assert shown == ("Net discounts to come" in summed)
	return {row.job: (row.amount_due, row.discount) for row in report[1]}, summed.get("Net discounts to come")


def test_deleted_draft_leaves_the_discount_to_the_next_invoice(shop):
	card = late_card(shop)
	doc = granted(card)
	frappe.delete_doc("Sales Invoice", card.sales_invoice)
	assert stands_on(doc) == ("Awaiting Invoice", None)

	invoice = next_invoice(card)
	assert stands_on(doc) == ("Granted", invoice.name)
	assert totals(invoice.name) == (20, 82, 93.07)
	invoice.submit()
	assert ledger(invoice.name) == [
		("Debtors - LSL", 93.07, 0, shop.customer),
		("Repair Income - LSL", 0, 82, None),
		("VAT - LSL", 0, 11.07, None),
	]


def test_cancelled_invoice_leaves_the_discount_to_the_next_once(shop):
	card = late_card(shop)
	doc = granted(card)
	first = frappe.get_doc("Sales Invoice", card.sales_invoice)
	first.submit()
	first.cancel()
	assert stands_on(doc) == ("Awaiting Invoice", first.name)
	second = next_invoice(card)
	assert stands_on(doc) == ("Granted", second.name)
	assert totals(second.name) == (20, 82, 93.07)
	post_again(card.doctype, card.name)  # a double click
	assert totals(second.name) == (20, 82, 93.07)

	second.reload()
	second.save()
	doc.cancel()
	assert totals(second.name) == (0, 102, 115.77)


def test_amended_invoice_holds_the_discount_once(shop):
	card = late_card(shop)
	doc = granted(card)
	invoice = frappe.get_doc("Sales Invoice", card.sales_invoice)
	invoice.submit()
	invoice.cancel()
	amended = frappe.copy_doc(invoice)
	amended.amended_from = invoice.name
	amended.discount_amount = 0
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="is granted by"):
		amended.insert()
	frappe.db.rollback()
	amended = frappe.copy_doc(frappe.get_doc("Sales Invoice", invoice.name))
	amended.amended_from = invoice.name
	amended.insert()
	assert stands_on(doc) == ("Granted", amended.name)
	assert totals(amended.name) == (20, 82, 93.07)


def test_amendment_is_without_a_discount_that_was_taken_back(shop):
	card = late_card(shop)
	doc = granted(card)
	invoice = frappe.get_doc("Sales Invoice", card.sales_invoice)
	invoice.submit()
	invoice.cancel()
	doc.reload()
	doc.cancel()
	amended = frappe.copy_doc(frappe.get_doc("Sales Invoice", invoice.name))
	amended.amended_from = invoice.name
	amended.insert()
	assert totals(amended.name) == (0, 102, 115.77)
	assert next_invoice(card).name == amended.name


def test_credited_in_full_and_billed_again_with_the_discount(shop):
	card = late_card(shop)
	doc = granted(card)
	invoice = frappe.get_doc("Sales Invoice", card.sales_invoice)
	invoice.submit()
	note = make_sales_return(invoice.name)
	note.insert()
	note.submit()
	again = credits.bill_again(card.doctype, card.name)
	assert stands_on(doc) == ("Granted", again)
	assert totals(again) == (20, 82, 93.07)

	frappe.delete_doc("Sales Invoice", again)
	assert stands_on(doc) == ("Awaiting Invoice", None)
	note.reload()
	note.cancel()
	assert stands_on(doc) == ("Granted", invoice.name)


def test_a_discount_granted_before_there_is_an_invoice(shop):
	monthly(shop)
	late, other = late_card(shop), late_card(shop)
	doc = granted(late)
	assert (late.sales_invoice, stands_on(doc)) == (None, ("Awaiting Invoice", None))
	assert discounts_to_come() == ({late.name: (115.77, 20), other.name: (115.77, 0)}, 20)
	billed(late, other)
	one, two = (frappe.db.get_value("Repair Card", card.name, "sales_invoice") for card in (late, other))
	assert one != two
	assert stands_on(doc) == ("Granted", one)
	assert (totals(one), totals(two)) == ((20, 82, 93.07), (0, 102, 115.77))
	assert discounts_to_come() == ({late.name: (93.07, 0), other.name: (115.77, 0)}, None)


def test_a_discount_takes_nothing_from_the_other_jobs_of_an_invoice(shop):
	monthly(shop)
	late, other = late_card(shop), late_card(shop)
	billed(late, other)
	shared = frappe.db.get_value("Repair Card", late.name, "sales_invoice")
	assert totals(shared) == (0, 204, 231.54)
	doc = granted(late)

	own = frappe.db.get_value("Repair Card", late.name, "sales_invoice")
	assert own != shared
	assert stands_on(doc) == ("Granted", own)
	assert (totals(own), totals(shared)) == ((20, 82, 93.07), (0, 102, 115.77))
	due = {name: frappe.db.get_value("Repair Card", name, "amount_due") for name in (late.name, other.name)}
	assert due == {late.name: 93.07, other.name: 115.77}
	for name in (own, shared):
		frappe.get_doc("Sales Invoice", name).submit()
	day = {"company": COMPANY, "from_date": nowdate(), "to_date": nowdate()}
	assert service_revenue_reconciliation.execute(day)[1] == []
	rows = {row.job: row.income for row in job_profitability.execute(day)[1] if row.get("job")}
	assert rows == {late.name: 82, other.name: 102}


def test_a_granted_discount_is_not_taken_off_by_hand(shop):
	card = late_card(shop)
	doc = granted(card)
	invoice = frappe.get_doc("Sales Invoice", card.sales_invoice)
	refused(frappe.ValidationError, invoice, discount_amount=5)
	refused(frappe.ValidationError, invoice, apply_discount_on="Grand Total")
	assert bulk_edited(invoice, discount_amount=25)  # more may be given
	refused(frappe.PermissionError, doc, status="Awaiting Invoice")
	refused(frappe.PermissionError, doc, discounted_invoice=None)
	doc.reload()
	doc.cancel()
	assert totals(invoice.name) == (5, 97, 110.1)  # 13.5 % of 97.00 = 13.10
