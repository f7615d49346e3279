"""Service Revenue Reconciliation at full counts; tests/integration/test_reconciliation.py has the small ones.

	books   Makes jobs of all categories through their documents, under contracts, on invoices of several and
	        credited among them, plants every kind of break ten times, and compares: the sums of each report
	        with the general ledger, the breaks found with those planted.
	scale   Fills the tables with vouchers over 24 months by INSERT ... SELECT, each with its lines, Stock
	        Entry, Sales Invoice and ledger rows, and compares the report of one month with its bare SQL: the
	        same statements sent as text to the same database, all in turn with the report as a whole, and
	        statement by statement; medians. The second keeps the pages of one statement in memory for the
	        next round, so its sum is less than a whole pass takes, on both sides.

Called on a site of its own, which is not cleaned: drop it afterwards.

	python3 tools/dev.py site recon.localhost
	python3 tools/dev.py run -- env AFTERSALES_SITE=recon.localhost python ../apps/aftersales/benchmarks/reconciliation.py books --jobs 10000
	python3 tools/dev.py run -- env AFTERSALES_SITE=recon.localhost python ../apps/aftersales/benchmarks/reconciliation.py scale --vouchers 1000000
	python3 tools/dev.py drop-site recon.localhost

Ctrl-C ends the making of jobs early and compares what is there. Prints what it finds; exits with 1 where sums or breaks differ, or the ratio misses the aim of 1.5.
"""

import argparse
import os
import signal
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path
from threading import Event

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import frappe
from frappe.utils import add_days, flt, getdate, nowdate
from measuring import in_turn

SITE = os.environ.get("AFTERSALES_SITE", "recon.localhost")
PLANTED_EACH = 10
CONTRACTS = 20
MONTHS = 24
AIM = 1.5
ROUNDS = 5
OF_CONTRACT = """and (row.aftersales_line like 'excess %%'
	or exists (select 1 from `tabService Part Line` line where line.name = row.aftersales_line
		and line.charge_to = 'Contract')
	or exists (select 1 from `tabService Labour Line` line where line.name = row.aftersales_line
		and line.charge_to = 'Contract'))"""
"""Rows of invoices that bill what a contract bears a part of."""


def main() -> int:
	parser = argparse.ArgumentParser(
		description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
	)
	commands = parser.add_subparsers(required=True)
	books = commands.add_parser("books")
	books.add_argument("--jobs", type=int, default=10_000)
	books.set_defaults(run=lambda options: compare_with_ledger(options.jobs))
	scale = commands.add_parser("scale")
	scale.add_argument("--vouchers", type=int, default=100_000)
	scale.set_defaults(run=lambda options: compare_with_bare_sql(options.vouchers))
	options = parser.parse_args()
	frappe.init(site=SITE, sites_path=".")
	frappe.connect()
	try:
		return options.run(options)
	finally:
		frappe.destroy()


# ---------------------------------------------------------------- books


def compare_with_ledger(jobs: int) -> int:
	from aftersales.core.report_filters import Scope
	from aftersales.service_accounts import reconciliation
	from tests import factories as make
	from tests.jobs import billed
	from tests.reconciled import PLANTED, with_agreements

	# The day the run began, so that midnight does not part the jobs
	first = add_days(nowdate(), -1)
	shop = with_agreements(_shop(make, jobs), CONTRACTS)
	frappe.db.commit()
	planted = {}
	every = max(jobs // (PLANTED_EACH * len(PLANTED)), 1)
	plants = [plant for plant in PLANTED.items() for _time in range(PLANTED_EACH)]
	started = time.perf_counter()
	waiting = []
	asked_to_stop = _on_interrupt()
	for number in range(jobs):
		if asked_to_stop.is_set():
			print(f"stopped after {number} jobs", flush=True)
			break
		if number % every == 0 and plants:
			reason, plant = plants.pop()
			planted[plant(shop)] = reason
		elif doc := _sound_job(shop, number):
			waiting.append(doc)
		if number % 100 == 99:
			frappe.db.commit()
			frappe.local.document_cache = {}
			print(f"{number + 1} jobs, {time.perf_counter() - started:.0f} s", flush=True)
	frappe.db.commit()
	run = billed(*waiting, submit_invoices=1)
	print(f"{run.name}: {run.jobs_done} jobs on {run.invoices} invoices, {run.failed} failed", flush=True)

	scope = Scope(make.COMPANY, getdate(first), getdate(nowdate()))
	found = Counter(((one.job or one.document), one.reason) for one in reconciliation.find(scope))
	expected = Counter(planted.items())
	print(f"planted {sum(expected.values())} breaks of {len(set(planted.values()))} kinds")
	print(f"found   {sum(found.values())}; missed {expected - found}; not there {found - expected}")

	sums = _sums(scope, shop, first)
	for label, (report, ledger) in sums.items():
		print(f"{label}: reports {report:.2f}, ledger {ledger:.2f}, difference {report - ledger:.2f}")
	differ = any(abs(report - ledger) > 0.001 for report, ledger in sums.values())
	return int(found != expected or differ or bool(run.failed))


def _on_interrupt() -> Event:
	"""Set by the first Ctrl-C: no more jobs are made, and those that are there are compared."""
	asked = Event()

	def handler(*_signal) -> None:
		asked.set()
		signal.signal(signal.SIGINT, signal.default_int_handler)

	signal.signal(signal.SIGINT, handler)
	return asked


def _sound_job(shop: frappe._dict, number: int):
	"""One more job that adds up; returned when it waits for the billing run."""
	from tests.reconciled import clean_job, contract_job, credited_job, job_to_bill_together

	if number % 7 == 5:
		contract_job(shop, number // 7)
	elif number % 7 == 6:
		return job_to_bill_together(shop, number // 7)
	elif number % 35 == 1:
		credited_job(shop, number // 35)
	else:
		clean_job(shop, number)
	return None


def _sums(scope, shop: frappe._dict, first: str) -> dict[str, tuple[float, float]]:
	"""What each report adds up to, and the same by plain SQL over the ledger."""
	from aftersales.service_accounts import job_ledger
	from aftersales.service_accounts.report.cash_with_technicians import cash_with_technicians
	from aftersales.service_accounts.report.contract_profitability import contract_profitability
	from aftersales.service_accounts.report.job_profitability import job_profitability
	from aftersales.service_accounts.report.unbilled_work import unbilled_work
	from aftersales.service_accounts.report.warranty_cost import warranty_cost

	def added(report, *fields, **filters) -> list[float]:
		period = {"company": scope.company, "from_date": first, "to_date": nowdate(), **filters}
		rows = report.execute(period)[1]
		return [flt(sum(flt(row[field]) for row in rows), 2) for field in fields]

	income, parts = _income(first), _expense("Stock Entry", first)
	found = {}
	for group in ("Job", "Customer", "Technician", "Service Category"):
		reported = added(job_profitability, "income", "parts", group_by=group)
		found[f"Job Profitability by {group}, income"] = (reported[0], income)
		found[f"Job Profitability by {group}, parts"] = (reported[1], parts)
	found["Hours at cost booked"] = (
		flt(sum(job_ledger.labour_booked(scope).values()), 2),
		_expense("Journal Entry", first, "debit"),
	)
	fees, shares, contract_parts = added(contract_profitability, "fees", "billed", "parts")
	found["Contract Profitability, fees"] = (fees, _fees(first))
	found["Contract Profitability, shares and excess"] = (
		shares,
		_income(first, "and job.service_contract != '' " + OF_CONTRACT),
	)
	found["Contract Profitability, parts"] = (
		contract_parts,
		_expense("Stock Entry", first, account=shop.contract_expense),
	)
	for group in ("Model", "Customer", "Month", "Part"):
		reported = added(warranty_cost, "parts", "labour", group_by=group)
		standing = "and job.docstatus = 1"
		found[f"Warranty Cost by {group}, parts"] = (
			reported[0],
			_expense("Stock Entry", first, account=shop.warranty, of=standing),
		)
		found[f"Warranty Cost by {group}, labour"] = (
			reported[1],
			_expense("Journal Entry", first, account=shop.warranty, of=standing),
		)
	((receipts,),) = frappe.db.sql(
		"""select sum(cash_collected) from `tabService Voucher`
		where docstatus > 0 and cash_collected > 0 and payment_entry is null"""  # of cancelled visits, too
	)
	found["Cash with Technicians"] = (added(cash_with_technicians, "amount")[0], flt(receipts, 2))
	((drafts,),) = frappe.db.sql(
		"select sum(base_grand_total) from `tabSales Invoice` where docstatus = 0 and aftersales_voucher != ''"
	)
	rows = unbilled_work.execute({"company": scope.company})[1]
	drafted = flt(sum(row.amount_due for row in rows if row.sales_invoice), 2)
	found["Unbilled Work, draft invoices"] = (drafted, flt(drafts, 2))
	return found


def _jobs_sql() -> str:
	return """(select 'Service Voucher' job_type, name, docstatus, service_contract from `tabService Voucher`
		union all select 'Repair Card', name, docstatus, service_contract from `tabRepair Card`)"""


def _income(first: str, of: str = "") -> float:
	"""Income of the rows that name a job, on invoices and credit notes that are in the ledger.

	A ledger entry of income is as large as the rows of its account and cost centre: compared first.
	"""
	((ledger,),) = frappe.db.sql(
		"""select sum(gl.credit - gl.debit) from `tabGL Entry` gl
		join tabAccount account on account.name = gl.account
		where gl.voucher_type = 'Sales Invoice' and account.root_type = 'Income' and gl.is_cancelled = 0
		and gl.posting_date >= %(first)s""",
		{"first": first},
	)
	rows = """select sum(row.base_net_amount) from `tabSales Invoice Item` row
		join `tabSales Invoice` invoice on invoice.name = row.parent
		left join `tabSales Invoice` returned on returned.name = invoice.return_against
		left join {jobs} job on job.name = coalesce(nullif(row.aftersales_voucher, ''),
			nullif(invoice.aftersales_voucher, ''), returned.aftersales_voucher)
		where exists (select 1 from `tabGL Entry` gl where gl.voucher_type = 'Sales Invoice'
			and gl.voucher_no = invoice.name and gl.is_cancelled = 0)
		and invoice.posting_date >= %(first)s {of}""".replace("{jobs}", _jobs_sql())
	((all_rows,),) = frappe.db.sql(rows.replace("{of}", ""), {"first": first})
	assert flt(ledger, 2) == flt(all_rows, 2), f"ledger {ledger}, rows of invoices {all_rows}"
	((of_jobs,),) = frappe.db.sql(rows.replace("{of}", f"and job.name is not null {of}"), {"first": first})
	return flt(of_jobs, 2)


def _expense(
	voucher_type: str, first: str, side: str = "net", account: str | None = None, of: str = ""
) -> float:
	"""Expense in the ledger by the documents of one type that name a job."""
	amount = "gl.debit" if side == "debit" else "gl.debit - gl.credit"
	statement = f"""select sum({amount}) from `tabGL Entry` gl
		join tabAccount account on account.name = gl.account
		join `tab{voucher_type}` document on document.name = gl.voucher_no
		join {_jobs_sql()} job on job.name = document.aftersales_voucher
		where gl.voucher_type = %(type)s and account.root_type = 'Expense' and gl.is_cancelled = 0
		and gl.posting_date >= %(first)s {of} {"and gl.account = %(account)s" if account else ""}"""
	((total,),) = frappe.db.sql(statement, {"type": voucher_type, "first": first, "account": account})
	return flt(total, 2)


def _fees(first: str) -> float:
	((total,),) = frappe.db.sql(
		"""select sum(gl.credit - gl.debit) from `tabGL Entry` gl
		join tabAccount account on account.name = gl.account
		join `tabSales Invoice` invoice on invoice.name = gl.voucher_no
		where gl.voucher_type = 'Sales Invoice' and account.root_type = 'Income' and gl.is_cancelled = 0
		and gl.posting_date >= %s and invoice.subscription != ''""",
		first,
	)
	return flt(total, 2)


def _shop(make, jobs: int) -> frappe._dict:
	shop = make.shop()
	make.receive(shop.seal, jobs * 4, 12.5, shop.van)
	make.settings(small_fee_limit=500)
	mode = frappe.get_doc("Mode of Payment", "Cash")
	mode.set("accounts", [{"company": make.COMPANY, "default_account": f"Cash - {make.ABBR}"}])
	mode.save()
	frappe.db.commit()
	return shop


# ---------------------------------------------------------------- scale


def compare_with_bare_sql(vouchers: int) -> int:
	from aftersales.core.report_filters import Scope
	from aftersales.service_accounts import reconciliation, reconciliation_lines
	from aftersales.service_accounts.reconciliation_checks import checks
	from tests import factories as make

	shop = make.shop()
	frappe.db.commit()
	_fill(vouchers, shop, make.COMPANY)
	scope = Scope(make.COMPANY, date(2025, 6, 1), date(2025, 6, 30))
	((month,),) = frappe.db.sql(
		"select count(*) from `tabService Voucher` where posted_at >= %s and posted_at < %s",
		(scope.from_date, add_days(scope.to_date, 1)),
	)
	breaks = reconciliation.find(scope)
	started = time.perf_counter()
	queries = [
		query for _reason, _job, _document, query in (*checks(scope), *reconciliation_lines.checks(scope))
	]
	mine, theirs = time.perf_counter() - started, 0.0
	for query in queries:
		statement = query.get_sql()
		one, other = in_turn(lambda: query.run(as_dict=True), lambda: frappe.db.sql(statement), ROUNDS)
		mine, theirs = mine + one, theirs + other
	statements = [query.get_sql() for query in queries]
	whole, bare = in_turn(
		lambda: reconciliation.find(scope),
		lambda: [frappe.db.sql(statement) for statement in statements],
		ROUNDS,
	)
	ratio = whole / bare
	print(
		f"{vouchers:,} vouchers, {month:,} in the month, {len(queries)} statements, {len(breaks)} breaks\n"
		f"as a whole: report {whole:.3f} s, all statements bare {bare:.3f} s, ratio {ratio:.2f} (aim {AIM})\n"
		f"statement by statement: {mine:.3f} s, bare {theirs:.3f} s, ratio {mine / theirs:.2f}"
	)
	return int(ratio > AIM)


def _fill(vouchers: int, shop: frappe._dict, company: str) -> None:
	"""Vouchers spread over the months, every 997th with an amount that differs from its invoice."""
	numbers = f"seq_1_to_{int(vouchers)}"
	day = f"date_add('2024-06-01', interval (seq %% {MONTHS * 30}) day)"
	values = {"company": company, "item": shop.seal, "van": shop.van, "customer": shop.customer}
	common = "'Administrator', 'Administrator', now(), now()"
	names = "owner, modified_by, creation, modified"
	for label, statement in (
		(
			"Service Voucher",
			f"""insert into `tabService Voucher` (name, {names}, docstatus, status, company, customer, currency,
			posted_at, departed_at, amount_due, billing_status, sales_invoice, stock_entry, parts_cost)
			select concat('SVX-', seq), {common}, 1, 'Completed', %(company)s, %(customer)s, 'EUR',
			{day}, {day}, if(seq %% 997 = 0, 100, 115.77), 'Billed', concat('SIX-', seq),
			concat('SEX-', seq), 12.5 from {numbers}""",
		),
		(
			"Service Part Line",
			f"""insert into `tabService Part Line` (name, {names}, docstatus, parent, parenttype, parentfield, idx,
			item_code, qty, warehouse, charge_to, amount, valuation_amount)
			select concat('px', seq), {common}, 1, concat('SVX-', seq), 'Service Voucher', 'parts', 1,
			%(item)s, 1, %(van)s, 'Customer', 42, 12.5 from {numbers}""",
		),
		(
			"Service Labour Line",
			f"""insert into `tabService Labour Line` (name, {names}, docstatus, parent, parenttype, parentfield,
			idx, activity, hours, charge_to, amount, cost_rate)
			select concat('lx', seq), {common}, 1, concat('SVX-', seq), 'Service Voucher', 'labour', 1,
			'Repair', 1, 'Customer', 60, 30 from {numbers}""",
		),
		(
			"Sales Invoice",
			f"""insert into `tabSales Invoice` (name, {names}, docstatus, company, customer, currency,
			conversion_rate, posting_date, debit_to, grand_total, base_grand_total, base_net_total, outstanding_amount,
			aftersales_voucher_type, aftersales_voucher)
			select concat('SIX-', seq), {common}, 1, %(company)s, %(customer)s, 'EUR', 1, {day}, 'Debtors - LSL',
			115.77, 115.77, 102, 115.77, 'Service Voucher', concat('SVX-', seq) from {numbers}""",
		),
		(
			"GL Entry of invoices",
			f"""insert into `tabGL Entry` (name, {names}, docstatus, company, posting_date, account, debit, credit,
			voucher_type, voucher_no, is_cancelled)
			select concat('gx', seq), {common}, 1, %(company)s, {day}, 'Debtors - LSL', 115.77, 0,
			'Sales Invoice', concat('SIX-', seq), 0 from {numbers}""",
		),
		(
			"GL Entry of income",
			f"""insert into `tabGL Entry` (name, {names}, docstatus, company, posting_date, account, debit, credit,
			voucher_type, voucher_no, is_cancelled)
			select concat('ix', seq), {common}, 1, %(company)s, {day}, 'Repair Income - LSL', 0, 102,
			'Sales Invoice', concat('SIX-', seq), 0 from {numbers}""",
		),
		(
			"Stock Entry",
			f"""insert into `tabStock Entry` (name, {names}, docstatus, company, posting_date, purpose,
			stock_entry_type, total_outgoing_value, value_difference, aftersales_voucher_type, aftersales_voucher)
			select concat('SEX-', seq), {common}, 1, %(company)s, {day}, 'Material Issue', 'Material Issue',
			12.5, -12.5, 'Service Voucher', concat('SVX-', seq) from {numbers}""",
		),
		(
			"Stock Entry Detail",
			f"""insert into `tabStock Entry Detail` (name, {names}, docstatus, parent, parenttype, parentfield,
			idx, item_code, qty, s_warehouse, aftersales_line)
			select concat('sx', seq), {common}, 1, concat('SEX-', seq), 'Stock Entry', 'items', 1,
			%(item)s, 1, %(van)s, concat('px', seq) from {numbers}""",
		),
		(
			"Stock Ledger Entry",
			f"""insert into `tabStock Ledger Entry` (name, {names}, docstatus, company, posting_date, item_code,
			warehouse, actual_qty, stock_value_difference, voucher_type, voucher_no, is_cancelled)
			select concat('mx', seq), {common}, 1, %(company)s, {day}, %(item)s, %(van)s, -1, -12.5,
			'Stock Entry', concat('SEX-', seq), 0 from {numbers}""",
		),
		(
			"GL Entry of stock",
			f"""insert into `tabGL Entry` (name, {names}, docstatus, company, posting_date, account, debit, credit,
			voucher_type, voucher_no, is_cancelled)
			select concat('hx', seq), {common}, 1, %(company)s, {day}, 'Cost of Repair Parts - LSL', 12.5, 0,
			'Stock Entry', concat('SEX-', seq), 0 from {numbers}""",
		),
	):
		started = time.perf_counter()
		frappe.db.sql(statement, values)
		frappe.db.commit()
		print(f"{label}: {time.perf_counter() - started:.0f} s", flush=True)
	for doctype in (
		"Service Voucher",
		"Sales Invoice",
		"Stock Entry",
		"Stock Entry Detail",
		"Stock Ledger Entry",
		"GL Entry",
	):
		frappe.db.sql(f"analyze table `tab{doctype}`")


if __name__ == "__main__":
	sys.exit(main())
