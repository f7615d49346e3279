"""Billing runs: what is due, one invoice for a customer's jobs, failures that stop nobody (R-AC-4)."""

import frappe
import pytest
from frappe.utils import add_days, add_to_date, get_last_day, getdate, now_datetime, nowdate
from rq.timeouts import JobTimeoutException

from aftersales.service_billing import billing, billing_worker
from aftersales.service_billing.billing import what_to_bill
from aftersales.service_billing.doctype.billing_run.billing_run import bill_now
from aftersales.service_posting.posting import post_again
from tests import factories as make
from tests.jobs import KINDS, billed, documents_of, done, gl, worked_off


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	make.settings(invoicing="One Invoice per Customer", billing_period="Day")
	return names


@pytest.fixture(params=KINDS)
def kind(request):
	return request.param


def paid_job(shop, kind="Service Voucher", **values):
	"""One hour and one seal: 102 net, 115.77 with VAT."""
	return done(shop, kind, labour=[make.hours(1)], parts=[make.part(shop.seal)], **values)


def read(doc):
	return frappe.get_doc(doc.doctype, doc.name)


def row_keys(invoice: str) -> list[str]:
	return frappe.get_all(
		"Sales Invoice Item",
		{"parent": invoice, "aftersales_posting_key": ("is", "set")},
		pluck="aftersales_posting_key",
		order_by="idx asc",
	)


def results(run) -> list[tuple]:
	return [(row.voucher, row.result, row.sales_invoice) for row in run.entries]


def two_jobs(shop):
	return paid_job(shop), paid_job(shop, "Repair Card")


def cancel(doctype: str, name: str):
	frappe.get_doc(doctype, name).cancel()


# ---------------------------------------------------------------- before the run


def test_a_job_waits_for_the_run_with_its_amount(shop, kind):
	doc = paid_job(shop, kind)
	assert (doc.sales_invoice, doc.billing_status, doc.amount_due) == (None, "To Bill", 115.77)
	assert [line.amount for line in (*doc.labour, *doc.parts)] == [60, 42]
	assert set(documents_of(doc)) == {"Stock Entry"}


def test_the_customers_own_terms_win(shop):
	frappe.db.set_value("Customer", shop.customer, "aftersales_invoicing", "On Completion")
	frappe.clear_document_cache("Customer", shop.customer)
	assert paid_job(shop).sales_invoice


def test_a_price_forgotten_is_told_at_completion_not_at_billing(shop):
	glue = make.item("Glue")
	make.receive(glue, 1, 3, shop.van)
	with pytest.raises(frappe.ValidationError, match="has no price"):
		paid_job_with(shop, glue)


def paid_job_with(shop, item):
	return done(shop, parts=[make.part(item)])


def test_the_desk_lists_what_is_due_and_what_is_not_yet(shop):
	first, second = two_jobs(shop)
	monthly = make.customer("Hotel Shelbourne", aftersales_billing_period="Month")
	make.settings(invoicing="One Invoice per Customer")
	third = paid_job(shop, customer=monthly)

	listed = what_to_bill(make.COMPANY)

	bills = {bill["customer"]: bill for bill in listed["bills"]}
	assert {job["name"] for job in bills[shop.customer]["jobs"]} == {first.name, second.name}
	assert (bills[shop.customer]["is_due"], bills[shop.customer]["amount"]) == (True, 231.54)
	assert [job["name"] for job in bills[monthly]["jobs"]] == [third.name]
	assert bills[monthly]["due_on"] == getdate(get_last_day(nowdate()))
	assert listed["jobs"] == 3


def test_a_draft_waits_on_the_desk_too(shop):
	make.settings(invoicing="On Completion")
	doc = paid_job(shop)
	(bill,) = what_to_bill(make.COMPANY)["bills"]
	assert (bill["kind"], bill["sales_invoice"]) == ("Draft", doc.sales_invoice)


@pytest.fixture
def branch(shop):
	"""A finished job of a second company, which waits for a run; and an accountant of the first one alone."""
	company = make.company()
	technician = make.technician("Cormac Burke", company=company)
	waits = done(shop, company=company, technician=technician, labour=[make.hours(1)])
	user = make.user("accountant@liffey.example", "Service Accountant")
	make.make("User Permission", user=user, allow="Company", for_value=make.COMPANY)
	return frappe._dict(company=company, job=waits, user=user)


def test_an_accountant_of_one_company_sees_and_bills_that_one(shop, branch):
	mine = paid_job(shop)
	assert {bill["company"] for bill in what_to_bill()["bills"]} == {make.COMPANY, branch.company}

	frappe.set_user(branch.user)
	(bill,) = what_to_bill()["bills"]
	assert [job["name"] for job in bill["jobs"]] == [mine.name]
	assert what_to_bill(branch.company)["bills"] == []

	run = worked_off(lambda: bill_now(submit_invoices=True))  # over all that is due
	assert results(run) == [(mine.name, "Billed", read(mine).sales_invoice)]
	assert not read(branch.job).sales_invoice


def test_a_run_without_company_bills_every_company(shop, branch):
	mine = paid_job(shop)
	run = worked_off(bill_now)
	assert (run.company, run.customer) == (None, None)
	assert {(row.voucher, row.result) for row in run.entries} == {
		(mine.name, "Billed"),
		(branch.job.name, "Billed"),
	}
	assert read(branch.job).amount_due == 60


def test_a_job_of_another_company_is_not_billed_by_its_name(shop, branch):
	frappe.set_user(branch.user)
	with pytest.raises(frappe.PermissionError, match=branch.job.name):
		bill_now([["Service Voucher", branch.job.name]])
	with pytest.raises(frappe.PermissionError, match="SV-1999-00001"):
		bill_now([["Service Voucher", "SV-1999-00001"]])
	assert not frappe.get_all("Billing Run")


def test_drafts_of_another_company_are_not_submitted(shop, branch):
	billed(branch.job)
	draft = read(branch.job).sales_invoice
	frappe.set_user(branch.user)
	assert what_to_bill()["bills"] == []
	worked_off(lambda: bill_now(submit_invoices=True))
	assert frappe.db.get_value("Sales Invoice", draft, "docstatus") == 0


# ---------------------------------------------------------------- one invoice for several jobs


def test_one_invoice_bills_the_jobs_of_a_customer(shop):
	first, second = two_jobs(shop)

	run = billed(first, second)

	first, second = read(first), read(second)
	assert first.sales_invoice == second.sales_invoice
	invoice = frappe.get_doc("Sales Invoice", first.sales_invoice)
	assert (invoice.net_total, invoice.grand_total, invoice.docstatus) == (204, 231.54, 0)
	assert [(row.item_code, row.aftersales_voucher) for row in invoice.items] == [
		(shop.hour, second.name),
		(shop.seal, second.name),
		(shop.hour, first.name),
		(shop.seal, first.name),
	]
	assert second.name in invoice.items[0].description
	assert (first.amount_due, second.amount_due) == (115.77, 115.77)
	assert (first.billing_status, second.billing_status) == ("To Bill", "To Bill")
	assert row_keys(invoice.name) == [f"{doc.doctype}/{doc.name}/Sales Invoice" for doc in (second, first)]
	assert (run.status, run.jobs_total, run.jobs_done, run.invoices, run.failed) == ("Done", 2, 2, 1, 0)
	assert results(run) == [
		(second.name, "Billed", invoice.name),
		(first.name, "Billed", invoice.name),
	]


def test_a_submitted_invoice_stops_the_target_of_every_job(shop):
	first, second = two_jobs(shop)
	assert clock_states(first, second) == ["Running", "Running"]

	billed(first, second, submit_invoices=1)

	first, second = read(first), read(second)
	assert (first.billing_status, second.billing_status) == ("Billed", "Billed")
	assert first.billed_at and second.billed_at
	assert clock_states(first, second) == ["Met", "Met"]
	assert gl(first.sales_invoice) == [
		("Debtors - LSL", 231.54, 0, None),
		("Repair Income - LSL", 0, 204, shop.cost_center),
		("VAT - LSL", 0, 27.54, "Main - LSL"),
	]


def clock_states(*docs):
	return [
		frappe.db.get_value("Service Clock", {"reference_name": doc.name, "measure": "Invoice"}, "state")
		for doc in docs
	]


def test_cents_are_shared_so_that_the_jobs_sum_up_to_the_invoice(shop):
	docs = [done(shop, labour=[make.hours(1, rate=rate)]) for rate in (33.33, 33.33, 33.35)]
	billed(*docs)
	docs = [read(doc) for doc in docs]
	total = frappe.db.get_value("Sales Invoice", docs[0].sales_invoice, "grand_total")
	assert total == 113.51  # 100.01 and 13.50 VAT
	assert round(sum(doc.amount_due for doc in docs), 2) == total
	assert [doc.amount_due for doc in docs] == [37.83, 37.83, 37.85]


def test_jobs_of_other_terms_stay_apart(shop):
	alone = make.customer("Cathal Walsh", aftersales_invoicing="One Invoice per Job")
	first, second = paid_job(shop, customer=alone), paid_job(shop, customer=alone)
	run = billed(first, second)
	assert run.invoices == 2
	assert read(first).sales_invoice != read(second).sales_invoice
	assert frappe.db.get_value("Sales Invoice", read(first).sales_invoice, "aftersales_voucher") == first.name


def test_a_run_bills_what_is_due_and_leaves_the_rest(shop):
	monthly = make.customer("Hotel Shelbourne", aftersales_billing_period="Month")
	now, later = paid_job(shop), paid_job(shop, customer=monthly)
	billed(company=make.COMPANY, until=add_days(get_last_day(nowdate()), -1))
	if getdate() < getdate(get_last_day(nowdate())):
		assert read(now).sales_invoice
	assert read(later).sales_invoice is None
	billed(company=make.COMPANY, until=get_last_day(nowdate()))
	assert read(later).sales_invoice


def test_a_second_run_finds_nothing(shop):
	first, second = two_jobs(shop)
	billed(first, second)
	again = billed(first, second)
	assert (again.jobs_total, again.invoices, again.status) == (0, 0, "Done")


def test_the_run_submits_drafts_that_wait(shop):
	make.settings(invoicing="On Completion")
	doc = paid_job(shop)
	run = billed(doc, submit_invoices=1)
	assert results(run) == [(doc.name, "Submitted", doc.sales_invoice)]
	assert read(doc).billing_status == "Billed"


# ---------------------------------------------------------------- failures


def test_one_failed_job_stops_no_other_and_says_why(shop):
	first, second, third = paid_job(shop), paid_job(shop), paid_job(shop, customer=make.customer("Walsh"))
	spoil(second)

	run = billed(first, second, third)

	assert read(first).sales_invoice and read(third).sales_invoice
	assert read(second).sales_invoice is None
	(failure,) = [row for row in run.entries if row.result == "Failed"]
	assert failure.voucher == second.name
	assert failure.reason.startswith("Labour row 1: set Billing Item")
	assert (run.status, run.invoices, run.failed, run.jobs_done) == ("Done", 2, 1, 3)


def spoil(doc) -> None:
	"""Somebody took the billing item off a line past the app."""
	frappe.db.set_value("Service Labour Line", doc.labour[0].name, "item_code", None)


def test_what_hinders_the_whole_invoice_is_told_of_every_job(shop):
	first, second = two_jobs(shop)
	frappe.db.set_value("Customer", shop.customer, "is_frozen", 1)
	frappe.clear_document_cache("Customer", shop.customer)
	run = billed(first, second)
	assert {row.result for row in run.entries} == {"Failed"}
	assert all("disabled or frozen" in row.reason for row in run.entries)
	frappe.db.set_value("Customer", shop.customer, "is_frozen", 0)
	frappe.clear_document_cache("Customer", shop.customer)
	assert billed(first, second).invoices == 1


def test_a_draft_that_cannot_be_submitted_says_why(shop):
	make.settings(invoicing="On Completion")
	doc, other = paid_job(shop), paid_job(shop)
	frappe.db.set_value("Sales Invoice", doc.sales_invoice, "debit_to", "Cash - LSL")
	run = billed(doc, other, submit_invoices=1)
	assert {(row.voucher, row.result) for row in run.entries} == {
		(doc.name, "Failed"),
		(other.name, "Submitted"),
	}


# ---------------------------------------------------------------- taking back


def test_cancelling_the_invoice_frees_every_job(shop):
	first, second = two_jobs(shop)
	billed(first, second, submit_invoices=1)
	invoice = read(first).sales_invoice

	cancel("Sales Invoice", invoice)

	for doc in (read(first), read(second)):
		assert (doc.sales_invoice, doc.billing_status, doc.billed_at) == (None, "To Bill", None)
	assert row_keys(invoice) == []
	run = billed(first, second)
	assert run.invoices == 1
	assert read(first).sales_invoice == read(second).sales_invoice != invoice


def test_deleting_the_draft_frees_every_job(shop):
	first, second = two_jobs(shop)
	billed(first, second)
	frappe.delete_doc("Sales Invoice", read(first).sales_invoice)
	assert [read(doc).sales_invoice for doc in (first, second)] == [None, None]
	assert billed(first, second).invoices == 1


def test_an_amendment_takes_the_place_on_every_job(shop):
	first, second = two_jobs(shop)
	billed(first, second, submit_invoices=1)
	old = read(first).sales_invoice
	cancel("Sales Invoice", old)

	amended = frappe.copy_doc(frappe.get_doc("Sales Invoice", old))
	amended.amended_from = old
	amended.docstatus = 0
	amended.insert()

	assert [read(doc).sales_invoice for doc in (first, second)] == [amended.name] * 2
	assert len(row_keys(amended.name)) == 2
	amended.submit()
	assert [read(doc).billing_status for doc in (first, second)] == ["Billed"] * 2


def test_an_amendment_without_the_rows_of_a_job_leaves_it_to_bill(shop):
	"""The desk copies the hidden fields of rows too, so that rows removed before the first save are missed."""
	first, second = two_jobs(shop)
	billed(first, second, submit_invoices=1)
	old = frappe.get_doc("Sales Invoice", read(first).sales_invoice)
	cancel("Sales Invoice", old.name)
	amended = frappe.copy_doc(old, ignore_no_copy=False)
	amended.update({"amended_from": old.name, "docstatus": 0})
	lines = {row.idx: row.aftersales_line for row in old.items}
	for row in amended.items:
		row.aftersales_line = lines[row.idx]
	amended.set("items", [row for row in amended.items if row.idx > 2])  # without the card's rows
	amended.insert()

	assert read(first).sales_invoice == amended.name
	assert (read(second).sales_invoice, read(second).billing_status) == (None, "To Bill")


def test_an_invoice_is_not_amended_once_a_job_is_billed_again(shop):
	first, second = two_jobs(shop)
	billed(first, second, submit_invoices=1)
	old = read(first).sales_invoice
	cancel("Sales Invoice", old)
	billed(first)
	amended = frappe.copy_doc(frappe.get_doc("Sales Invoice", old))
	amended.update({"amended_from": old, "docstatus": 0})
	with pytest.raises(frappe.ValidationError, match="was posted again"):
		amended.insert()


def test_a_job_is_cancelled_off_a_draft_that_bills_others_too(shop):
	first, second = two_jobs(shop)
	billed(first, second)
	invoice = read(first).sales_invoice

	read(first).cancel()

	rest = frappe.get_doc("Sales Invoice", invoice)
	assert {row.aftersales_voucher for row in rest.items} == {second.name}
	assert (rest.grand_total, read(second).amount_due) == (115.77, 115.77)
	assert documents_of(read(first)) == {}
	read(second).cancel()
	assert not frappe.db.exists("Sales Invoice", invoice)


def test_a_job_on_a_submitted_invoice_is_not_cancelled(shop):
	first, second = two_jobs(shop)
	billed(first, second, submit_invoices=1)
	with pytest.raises(frappe.ValidationError, match="is submitted"):
		read(first).cancel()


def test_rows_the_accountant_removes_take_the_job_off(shop):
	first, second = two_jobs(shop)
	billed(first, second)
	invoice = frappe.get_doc("Sales Invoice", read(first).sales_invoice)
	invoice.set("items", invoice.items[2:])  # the card's hour and seal
	invoice.save()

	assert (read(second).sales_invoice, read(second).billing_status) == (None, "To Bill")
	assert read(first).amount_due == 115.77
	assert billed(second).invoices == 1


def test_the_key_moves_when_its_row_is_removed(shop):
	first, second = two_jobs(shop)
	billed(first, second)
	invoice = frappe.get_doc("Sales Invoice", read(first).sales_invoice)
	invoice.set("items", [row for row in invoice.items if row.idx != 1])
	invoice.save()
	assert len(row_keys(invoice.name)) == 2
	assert read(second).amount_due == 47.67  # the seal alone, 42 and VAT 5.67


def test_a_row_is_not_given_to_another_job(shop):
	first, second = two_jobs(shop)
	billed(first)
	invoice = frappe.get_doc("Sales Invoice", read(first).sales_invoice)
	invoice.items[0].aftersales_voucher = second.name
	with pytest.raises(frappe.PermissionError, match="was made for a service job"):
		invoice.save()


def test_a_row_added_by_hand_bills_no_job(shop):
	first, second = two_jobs(shop)
	billed(first)
	invoice = frappe.get_doc("Sales Invoice", read(first).sales_invoice)
	invoice.append(
		"items",
		{
			"item_code": shop.hour,
			"qty": 1,
			"aftersales_voucher_type": second.doctype,
			"aftersales_voucher": second.name,
			"aftersales_posting_key": f"{second.doctype}/{second.name}/Sales Invoice",
		},
	)
	invoice.save()
	assert invoice.items[-1].aftersales_posting_key is None
	assert read(second).sales_invoice is None
	assert billed(second).invoices == 1


def test_the_database_refuses_a_second_row_for_a_job(shop):
	first, _second = two_jobs(shop)
	billed(first)
	other = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"customer": shop.customer,
			"company": make.COMPANY,
			"items": [
				{
					"item_code": shop.hour,
					"qty": 1,
					"aftersales_posting_key": f"{first.doctype}/{first.name}/Sales Invoice",
				}
			],
		}
	)
	other.flags.made_by_posting = True
	with pytest.raises(frappe.UniqueValidationError):
		other.insert()


def credit(invoice: str, rows: slice):
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	note = make_sales_return(invoice)
	note.set("items", note.items[rows])
	if note.meta.has_field("update_outstanding_for_self"):
		note.update_outstanding_for_self = 0
	note.insert()
	note.submit()
	return note


def test_a_credit_note_for_one_job_names_it_and_leaves_the_others_billed(shop):
	first, second = two_jobs(shop)
	billed(first, second, submit_invoices=1)
	invoice = read(first).sales_invoice

	note = credit(invoice, slice(0, 2))

	assert {row.aftersales_voucher for row in note.items} == {second.name}
	assert [row.aftersales_posting_key for row in note.items] == [None, None]
	for doc, status in ((read(first), "Billed"), (read(second), "Credited")):
		assert (doc.sales_invoice, doc.billing_status, doc.amount_due) == (invoice, status, 115.77)
	assert frappe.db.get_value("Sales Invoice", invoice, "outstanding_amount") == 115.77
	note.cancel()
	assert {read(doc).billing_status for doc in (first, second)} == {"Billed"}


def test_a_payment_settles_all_jobs_of_the_invoice(shop):
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

	first, second = two_jobs(shop)
	billed(first, second, submit_invoices=1)
	payment = get_payment_entry("Sales Invoice", read(first).sales_invoice, bank_account="Cash - LSL")
	payment.insert()
	payment.submit()
	assert payment.aftersales_voucher is None
	assert {read(doc).billing_status for doc in (first, second)} == {"Paid"}
	payment.cancel()
	assert {read(doc).billing_status for doc in (first, second)} == {"Billed"}


def test_the_accountant_bills_a_single_job_now(shop):
	doc = paid_job(shop)
	assert post_again(doc.doctype, doc.name)["sales_invoice"] == read(doc).sales_invoice


def test_delivery_notes_of_several_jobs_are_billed_together(shop):
	frappe.get_doc("Selling Settings").update({"dn_required": "Yes"}).save()
	first, second = two_jobs(shop)
	billed(first, second, submit_invoices=1)
	invoice = frappe.get_doc("Sales Invoice", read(first).sales_invoice)
	assert {row.delivery_note for row in invoice.items} == {first.delivery_note, second.delivery_note}
	assert read(first).billing_status == "Billed"


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize("role", ["Service Accountant", "Service Manager"])
def test_accountants_bill(shop, role):
	first, second = two_jobs(shop)
	frappe.set_user(make.user("deirdre@example.com", role))
	assert billed(first, second).invoices == 1


@pytest.mark.parametrize(
	"role", ["Service Supervisor", "Service Agent", "Service Technician", "Accounts User"]
)
def test_others_do_not(shop, role):
	first, _second = two_jobs(shop)
	frappe.set_user(make.user("cathal@example.com", role))
	with pytest.raises(frappe.PermissionError):
		billed(first)


def test_nothing_but_jobs_is_billed(shop):
	with pytest.raises(frappe.ValidationError, match="Only Service Vouchers and Repair Cards"):
		bill_now([["Sales Invoice", "X"]])


# ---------------------------------------------------------------- who holds the run


@pytest.fixture
def queued(shop, monkeypatch):
	"""A run over one job that waits for a worker."""
	monkeypatch.setattr(frappe, "enqueue", lambda *args, **kwargs: None)
	job = paid_job(shop)
	doc = frappe.get_doc("Billing Run", bill_now([[job.doctype, job.name]]))
	doc.job = job
	return doc


def held(run, minutes: int) -> None:
	"""As a worker leaves it that gave its last sign some minutes ago, or holds it for minutes to come."""
	run.db_set({"status": "Running", "held_until": add_to_date(now_datetime(), minutes=minutes)})


def test_a_run_waits_in_the_queue_and_bills_nothing_in_the_request(queued):
	assert (queued.status, queued.jobs_done, read(queued.job).sales_invoice) == ("Queued", 0, None)
	assert queued.progress() == {"status": "Queued", "done": 0, "total": 0, "failed": 0, "alive": True}


def test_a_second_click_starts_no_second_worker(queued):
	for _again in ("in the queue", "held by a worker"):
		with pytest.raises(frappe.ValidationError, match="is billing already"):
			queued.start()
		with pytest.raises(frappe.ValidationError, match="cannot be deleted"):
			read(queued).delete()
		held(queued, 5)


def test_a_run_whose_worker_gives_no_sign_is_taken_over(queued):
	held(queued, -1)
	assert queued.progress()["alive"] is False
	run = worked_off(queued.start)
	assert (run.status, run.attempt, run.invoices, run.jobs_done) == ("Done", 2, 1, 1)
	assert read(queued.job).sales_invoice


def test_an_older_attempt_does_nothing(queued):
	held(queued, -1)
	queued.start()
	billing_worker.run(queued.name, 1)
	assert (read(queued).status, read(queued.job).sales_invoice) == ("Queued", None)


def test_a_run_that_waits_is_stopped_and_continued(queued):
	queued.stop()
	billing_worker.run(queued.name, 1)
	assert (read(queued).status, read(queued.job).sales_invoice) == ("Stopped", None)
	assert worked_off(queued.start).invoices == 1


def test_a_worker_that_fails_leaves_the_run_to_be_continued(queued, monkeypatch):
	monkeypatch.setattr(billing_worker.billing, "waiting_jobs", lambda *args: 1 / 0)
	with pytest.raises(ZeroDivisionError):
		billing_worker.run(queued.name, 1)
	assert read(queued).status == "Stopped"
	monkeypatch.undo()
	assert worked_off(queued.start).status == "Done"


def test_a_worker_out_of_time_blames_no_job(queued, monkeypatch):
	def out_of_time(*args):
		raise JobTimeoutException

	monkeypatch.setattr(billing_worker.billing, "bill", out_of_time)
	with pytest.raises(JobTimeoutException):
		billing_worker.run(queued.name, 1)
	assert (read(queued).status, read(queued).entries) == ("Stopped", [])


def test_nobody_gives_himself_more_time(queued):
	queued.held_until = add_to_date(now_datetime(), hours=1)
	with pytest.raises(frappe.PermissionError):
		queued.save()


def test_a_finished_run_is_not_started_again_nor_edited(shop):
	run = billed(paid_job(shop))
	with pytest.raises(frappe.ValidationError, match="is done"):
		run.start()
	run.jobs_done = 500
	with pytest.raises(frappe.PermissionError):
		run.save()


# ---------------------------------------------------------------- read before their turn


def test_a_job_changed_after_it_was_read_is_billed_as_it_is_now(shop, kind):
	keys = sorted((kind, paid_job(shop, kind).name) for _number in range(2))
	ahead = billing.ReadAhead(keys)
	assert ahead.take(keys[0]).name == keys[0][1]
	assert keys[1] in ahead.read  # read with it
	changed = frappe.get_doc(*keys[1])
	changed.labour[0].db_set("rate", 99)
	changed.db_set("posted_at", changed.posted_at)
	invoice, (job,) = billing.bill([keys[1]], False, ahead)
	assert job.name == keys[1][1]
	assert [item.rate for item in invoice.items] == [99, 42]


def test_what_is_read_ahead_is_the_document_itself(shop, kind):
	key = (kind, paid_job(shop, kind).name)
	assert billing.ReadAhead([key]).take(key).as_dict() == frappe.get_doc(*key).as_dict()
	assert billing.ReadAhead([]).take(key) is None


def test_a_job_is_read_anew_when_it_is_tried_again(shop, kind):
	key = (kind, paid_job(shop, kind).name)
	ahead = billing.ReadAhead([key])
	ahead.take(key).sales_invoice = "of an attempt that was rolled back"
	assert ahead.take(key).sales_invoice is None
