"""A dimension that is mandatory for every account: whatever a job and its claims book carries it (R-AC-1).

Project, whose field every ledger has, stands in for an accounting dimension, so that ERPNext itself refuses
a ledger row without it. Masters are those of `factories.shop`.
"""

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime, nowdate

from aftersales.service_accounts.recovery import claimable_lines
from tests import factories as make
from tests.jobs import done

COMPANY = make.COMPANY


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	group = frappe.get_all("Supplier Group", {"is_group": 0}, pluck="name", order_by="name")[0]
	names.maker = make.once("Supplier", "Baxi Heating", supplier_name="Baxi Heating", supplier_group=group)
	make.once("Brand", "Baxi", brand="Baxi")
	names.project = project("Refit of the Quays")
	expense = {
		"damage_account": make.account("Damage to Customers", "Indirect Expenses"),
		"delay_account": make.account("Delay Compensation", "Indirect Expenses"),
		"cash_difference_account": make.account("Cash Differences", "Indirect Expenses"),
	}
	make.settings(billing_accounts=[{"company": COMPANY, **expense}], small_fee_limit=500)
	mode = frappe.get_doc("Mode of Payment", "Cash")
	mode.set("accounts", [{"company": COMPANY, "default_account": "Cash - LSL"}])
	mode.save()
	return names


def project(name: str) -> str:
	return make.make("Project", project_name=name, company=COMPANY).name


@pytest.fixture
def mandatory(shop, monkeypatch):
	"""No ledger row without a project; the company's default where nobody says otherwise."""
	other = project("Overheads")
	rule = frappe._dict(
		label="Project",
		fieldname="project",
		company=COMPANY,
		disabled=0,
		mandatory_for_pl=1,
		mandatory_for_bs=1,
		default_dimension=other,
	)
	monkeypatch.setitem(frappe.flags, "accounting_dimensions", [frappe._dict(rule, document_type="Project")])
	monkeypatch.setitem(frappe.flags, "accounting_dimensions_details", [rule])
	return other


def projects(voucher: str) -> set:
	rows = frappe.get_all("GL Entry", {"voucher_no": voucher, "is_cancelled": 0}, pluck="project")
	assert rows
	return set(rows)


def visit(shop, **values):
	return done(
		shop,
		labour=[make.hours(1)],
		parts=[make.part(shop.seal), make.part(shop.seal, charge_to="Warranty", charge_reason="Seal failed")],
		**values,
	)


def test_a_job_books_under_its_project(shop, mandatory):
	job = visit(shop, project=shop.project)
	frappe.get_doc("Sales Invoice", job.sales_invoice).submit()
	assert projects(job.sales_invoice) == projects(job.stock_entry) == {shop.project}
	warranty = done(shop, category="C", labour=[make.hours(1)], project=shop.project)
	assert projects(warranty.labour_journal_entry) == {shop.project}


def test_without_a_choice_the_default_of_the_company_stands_in(shop, mandatory):
	job = visit(shop)
	frappe.get_doc("Sales Invoice", job.sales_invoice).submit()
	assert projects(job.sales_invoice) == projects(job.stock_entry) == {mandatory}


def handed_over(*visits, **values):
	doc = make.make(
		"Technician Cash Handover",
		company=COMPANY,
		technician="Aoife Doyle",
		mode_of_payment="Cash",
		posting_date=nowdate(),
		vouchers=[{"service_voucher": one.name} for one in visits],
		difference_reason="Coins lost on the way",
		**values,
	)
	doc.submit()
	return frappe.get_doc(doc.doctype, doc.name)


def paid_visit(shop, **values):
	return done(shop, labour=[make.hours(1)], cash_collected=68.1, **values)


def test_cash_and_its_difference(shop, mandatory):
	first = handed_over(paid_visit(shop, project=shop.project), counted_amount=60)
	assert projects(first.vouchers[0].payment_entry) == projects(first.journal_entry) == {shop.project}
	mixed = handed_over(paid_visit(shop, project=shop.project), paid_visit(shop), counted_amount=130)
	assert projects(mixed.journal_entry) == {mandatory}
	assert [projects(row.payment_entry) for row in mixed.vouchers] == [{shop.project}, {mandatory}]


def test_damage_delay_and_the_makers_credit(shop, mandatory):
	job = visit(shop, project=shop.project, equipment=make.equipment(shop.customer))
	claim = make.make(
		"Damage Claim",
		customer=shop.customer,
		company=COMPANY,
		job_type=job.doctype,
		job=job.name,
		incident_at=now_datetime(),
		cause="Our Work",
		incident="Basin cracked",
		no_photo_reason="Customer had cleaned up",
		items=[{"description": "Basin", "amount": 90}],
	)
	claim.submit()
	assert projects(frappe.db.get_value(claim.doctype, claim.name, "journal_entry")) == {shop.project}

	make.settings(delay_rate_per_day=5, delay_max_percent=50)
	card = done(
		shop,
		"Repair Card",
		labour=[make.hours(1)],
		project=shop.project,
		promised_return=add_to_date(now_datetime(), days=-4),
	)
	delay = frappe.get_doc("Delay Compensation", {"job": card.name})
	delay.update({"fault": "Ours", "apply_as": "Credit to the Customer"})
	delay.submit()
	assert projects(frappe.db.get_value(delay.doctype, delay.name, "journal_entry")) == {shop.project}

	recovery = make.make(
		"Warranty Recovery Claim",
		supplier=shop.maker,
		company=COMPANY,
		brand="Baxi",
		lines=claimable_lines(COMPANY, shop.maker, brand="Baxi"),
	)
	recovery.submit()
	recovery.record_answer(accepted_percent=100)
	note = frappe.get_doc("Purchase Invoice", recovery.make_debit_note())
	note.submit()
	assert note.grand_total == -12.5
	assert projects(note.name) == {shop.project}


def test_what_nothing_says_a_project_of_is_booked_under_the_default(shop, mandatory):
	claim = make.make(
		"Damage Claim",
		customer=shop.customer,
		company=COMPANY,
		incident_at=now_datetime(),
		cause="Carrier",
		incident="Pallet fell on the gate",
		no_photo_reason="Dark",
		items=[{"description": "Gate", "amount": 40}],
	)
	claim.submit()
	assert projects(frappe.db.get_value(claim.doctype, claim.name, "journal_entry")) == {mandatory}


def test_the_patch_gives_the_fields_of_older_dimensions(monkeypatch):
	from aftersales.patches.v1_1.choose_dimensions_of_claims import execute
	from aftersales.setup import dimensions

	added = []
	monkeypatch.setattr(dimensions.frappe, "get_all", lambda doctype, **_values: ["Region"])
	monkeypatch.setattr(dimensions.frappe, "get_doc", lambda *key: key)
	from erpnext.accounts.doctype.accounting_dimension import accounting_dimension

	monkeypatch.setattr(
		accounting_dimension,
		"make_dimension_in_accounting_doctypes",
		lambda dimension, doctypes: added.append((dimension, doctypes)),
	)
	execute()
	((dimension, doctypes),) = added
	assert dimension == ("Accounting Dimension", "Region")
	assert {"Service Contract", "Technician Cash Handover", "Damage Claim"} <= set(doctypes)
	assert {"Delay Compensation", "Warranty Recovery Claim"} <= set(doctypes)
