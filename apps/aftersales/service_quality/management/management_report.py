"""The figures of a month for those who manage the service, as a PDF by mail; a page where the machine makes no PDFs.

Goals, standards, key figures, money outstanding, where work piles up, and what was missed without a cause. What is in it is what
the reports of the same names say of the same month.
"""

import shutil
from dataclasses import dataclass
from datetime import date
from functools import partial

import frappe
from frappe import _
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.model.document import Document
from frappe.utils import add_days, add_months, fmt_money, formatdate, getdate
from frappe.utils.pdf import get_pdf

from aftersales.core.guards import has_any_role, require_role
from aftersales.core.input.requests import Day, validate_call
from aftersales.core.language import in_language
from aftersales.core.report_filters import Scope, check_company
from aftersales.core.savepoints import one_of_many
from aftersales.service_accounts import receivable_rules
from aftersales.service_accounts.receivables import by_month
from aftersales.service_quality import goal_figures, goal_rules, goals
from aftersales.service_quality.goal_rules import Period
from aftersales.service_quality.report.bottlenecks import bottlenecks
from aftersales.service_quality.report.service_key_figures import service_key_figures
from aftersales.service_quality.report.service_standards import service_standards

SETTINGS = "Service Management Report"
ROLES = ("Service Manager", "Service Accountant", "System Manager")
TEMPLATE = "aftersales/templates/print/management_report.html"


@dataclass(frozen=True)
class Table:
	"""A part of the report: head, column labels, rows of text; `colors` has one for each row, or none.

	The color is that of the cell in column `toned`.
	"""

	title: str
	columns: list[str]
	rows: list[list[str]]
	colors: list[str | None]
	toned: int | None = None


@dataclass(frozen=True)
class Paper:
	"""The report as a file."""

	name: str
	content: bytes
	content_type: str


def last_period(kind: str) -> Period:
	"""The month or quarter before the one that runs."""
	return goal_rules.period_before(kind, goal_rules.period_of(kind, getdate()))


def send_monthly() -> int:
	"""Daily: the report of the month or quarter that is over, once; returns to how many it was sent."""
	settings = frappe.get_doc(SETTINGS)
	period = last_period(settings.frequency or "Month")
	if not settings.enabled or (settings.last_month and getdate(settings.last_month) >= period.first):
		return 0
	with one_of_many(_("The management report could not be sent"), SETTINGS, SETTINGS):
		return send(settings, period)
	return 0


def send(settings: Document, period: Period) -> int:
	"""Queue a mail with the report for each recipient who is enabled and still has one of ROLES; remembers the period."""
	account = EmailAccount.find_default_outgoing()
	if not account or not account.email_id:
		frappe.throw(_("Set up an Email Account for outgoing mail as default first."))
	sent = 0
	papers: dict[str, Paper] = {}
	for row in settings.recipients:
		user = frappe.db.get_value("User", row.user, ["email", "enabled", "language"], as_dict=True)
		if not user or not user.enabled or not has_any_role(ROLES, row.user):
			continue
		language = user.language or frappe.db.get_default("lang") or "en"
		if language not in papers:
			papers[language] = paper(settings.company, period, language)
		title = _("Service in {0}", language).format(_named(period))
		frappe.sendmail(
			recipients=[user.email],
			subject=f"{title}: {settings.company}",
			message=_("The report is attached.", language),
			attachments=[{"fname": papers[language].name, "fcontent": papers[language].content}],
			reference_doctype=SETTINGS,
			reference_name=SETTINGS,
		)
		sent += 1
	if sent:
		stored = frappe.get_doc(SETTINGS)
		before = stored.last_month and getdate(stored.last_month)
		# not by a save: a recipient who has lost the role since would be refused, and nobody got the report any more
		stored.db_set("last_month", max(day for day in (period.first, before) if day))
	return sent


@frappe.whitelist()
@validate_call
def show(company: str, month: Day, frequency: str = "Month") -> None:
	"""The report of the month or quarter of a day in the browser: a PDF, else a page to be printed.

	Raises:
		frappe.PermissionError: the user is no manager or accountant, or may not see the company.
	"""
	require_role(ROLES, _("The management report"))
	check_company(company)
	period = goal_rules.period_of("Quarter" if frequency == "Quarter" else "Month", getdate(month))
	file = paper(company, period, frappe.local.lang)
	frappe.local.response.update(
		type="download",
		filename=file.name,
		filecontent=file.content,
		content_type=file.content_type,
		display_content_as="inline",
	)


def paper(company: str, period: Period, language: str) -> Paper:
	"""The report as a PDF; as the page that it is made of where the machine has not what Frappe makes PDFs with."""
	html, name = page(company, period, language), f"service-{period.first:%Y-%m}"
	if not shutil.which("wkhtmltopdf"):
		return Paper(f"{name}.html", html.encode(), "text/html")
	return Paper(f"{name}.pdf", get_pdf(html), "application/pdf")


def page(company: str, period: Period, language: str) -> str:
	"""The report of a company and period in a language, as HTML."""
	with in_language(language):
		return frappe.render_template(
			TEMPLATE,
			{
				"title": _("Service in {0}").format(_named(period)),
				"company": company,
				"tables": tables(company, period),
				"lang": language,
			},
		)


def _named(period: Period) -> str:
	"""Month and year; of a quarter its first and last month."""
	first, last = (f"{day:%m/%Y}" for day in (period.first, period.last))
	return first if first == last else f"{first} – {last}"


def tables(company: str, period: Period) -> list[Table]:
	"""What the report says, as text; the user's rights are those of who asks (the scheduler sees all)."""
	counted: dict = {}  # key figures of a month are shown twice, and counted once
	parts = (
		partial(_goals, counted=counted),
		_standards,
		partial(_key_figures, counted=counted),
		*(_receivables, _flow, _deviations),
	)
	return [table for part in parts if (table := part(company, period.first, period.last)).rows]


def _goals(company: str, first: date, last: date, counted: dict) -> Table:
	found = goals.standing(last, company, counted)
	return Table(
		_("Goals"),
		[_("Goal"), _("Aim"), _("Reached"), _("Period Before"), _("State", context="After-sales")],
		[
			[
				goal["title"],
				*(
					goal_figures.in_words(goal["figure"], goal[name], goal["company"])
					for name in ("goal", "value", "before")
				),
				_(goal["state"]),
			]
			for goal in found
		],
		[goal["color"] for goal in found],
		toned=4,
	)


def _standards(company: str, first: date, last: date) -> Table:
	rows = service_standards.execute({"from_date": first, "to_date": last, "company": company})[1]
	rows = [row for row in rows if row["cases"]]
	return Table(
		_("Standards"),
		[_("Standard"), _("Cases"), _("Missed"), _("Share Kept"), _("without Cause")],
		[
			[
				_(row["name"]),
				str(row["cases"]),
				str(row["missed"]),
				_percent(row["share"])
				if row["value"] is None
				else goal_figures.in_words(row["figure"], row["value"], company),
				str(row["unexplained"]),
			]
			for row in rows
		],
		[row["color"] for row in rows],
		toned=3,
	)


def _key_figures(company: str, first: date, last: date, counted: dict) -> Table:
	earlier = goal_rules.as_long_before(first, last)
	now, then = (
		service_key_figures.cards(
			goals.figures_of(Period(begin, end), {"company": company}, counted), company, begin, end
		)
		for begin, end in ((first, last), (earlier.first, earlier.last))
	)
	past = {card["label"]: card for card in then}
	return Table(
		_("Key figures"),
		[_("Key Figure"), _("Now"), _("Period Before")],
		[[card["label"], _card(card), _card(past.get(card["label"]))] for card in now],
		[None for _card_of in now],
	)


def _card(card: dict | None) -> str:
	if not card or card["value"] is None:
		return "–"
	if card["datatype"] == "Currency":
		return fmt_money(card["value"], currency=card.get("currency"))
	return card["value"]  # text, with its unit, as above the report


def _receivables(company: str, first: date, last: date) -> Table:
	own = frappe.get_cached_value("Company", company, "default_currency")
	begin = getdate(add_months(first, -2))
	rows = []
	for one in by_month(Scope(company, begin, last)):
		days = receivable_rules.days_outstanding(one.opening, one.closing, one.billed, one.days)
		rows.append(
			[
				formatdate(one.first, "MMM yyyy"),
				*(fmt_money(amount, currency=own) for amount in (one.billed, one.settled, one.closing)),
				"–" if days is None else f"{days:.1f}",
			]
		)
	return Table(
		_("Service invoices"),
		[_("Month"), _("Billed"), _("Paid and Credited"), _("Outstanding"), _("Days Outstanding")],
		rows,
		[None] * len(rows),
	)


def _flow(company: str, first: date, last: date) -> Table:
	rows = bottlenecks.execute({"from_date": first, "to_date": last, "company": company})[1]
	return Table(
		_("Where work waits"),
		[
			_("Department"),
			_("Came"),
			_("Left", context="After-sales"),
			_("There at the End"),
			_("Days until Done"),
			_("Direction"),
		],
		[
			[
				row["department"],
				str(row["arrived"]),
				str(row["left"]),
				str(row["waiting"]),
				"–" if row["days_through"] is None else f"{row['days_through']:.1f}",
				row["direction"],
			]
			for row in rows
		],
		[row["color"] if row["color"] != "gray" else None for row in rows],
		toned=5,
	)


def _deviations(company: str, first: date, last: date) -> Table:
	found = frappe.get_all(
		"Service Deviation",
		[
			["missed_at", ">=", first],
			["missed_at", "<", add_days(last, 1)],
			["company", "in", (company, "")],
			["status", "=", "Open"],
		],
		["subject", "missed_at", "responsible"],
		order_by="missed_at asc",
		limit=30,
	)
	return Table(
		_("Missed, without a cause yet"),
		[_("What was Missed"), _("Missed at"), _("Responsible")],
		[
			[
				row.subject,
				frappe.utils.format_datetime(row.missed_at),
				frappe.utils.get_fullname(row.responsible) if row.responsible else "–",
			]
			for row in found
		],
		[None] * len(found),
	)


def _percent(value: float | None) -> str:
	return "–" if value is None else f"{value:.1f} %"
