"""The page on which customers pay an invoice: online where there is a gateway, else by bank transfer."""

from urllib.parse import quote

import frappe
from frappe import _
from frappe.utils import fmt_money, format_date

from aftersales.core.guards import NotPossible
from aftersales.customer_portal import limits
from aftersales.customer_portal.web import HOME, GoTo, Page, Visit, form
from aftersales.service_billing.portal_api import bills_a_job
from aftersales.service_cash.payments import requests, transfer

HOUR = 3600


def page(visit: Visit, name: str, customers: tuple[str, ...], navigation: bool = True) -> Page | GoTo | None:
	"""What is open of an invoice of one of the customers, and how it is paid; None for any other name."""
	invoice = _invoice_of(name, customers)
	if not invoice:
		return None

	def show() -> Page:
		online = requests.online(invoice)
		return Page(
			"payment.html",
			{
				"title": _("Pay invoice {0}").format(invoice.name),
				"invoice": invoice.name,
				"open": transfer.open_of(invoice),
				"money": lambda amount: fmt_money(amount, currency=invoice.currency),
				"due": format_date(invoice.due_date) if invoice.due_date else "",
				"online": online,
				"details": transfer.details_of(invoice),
				"navigation": navigation,
			},
			leads_elsewhere=online,
		)

	def act() -> GoTo:
		limits.count("act", 60, HOUR, invoice.name)
		try:
			return GoTo(requests.address_for(invoice, _payer(invoice)))
		except Exception:
			# The gateway does not answer: the customer can still pay by transfer, the desk finds the reason
			frappe.db.rollback()
			frappe.clear_messages()
			frappe.log_error(
				"Payment gateway", reference_doctype="Sales Invoice", reference_name=invoice.name
			)
			raise NotPossible(
				_(
					"Online payment is not available at the moment. Please pay by bank transfer, or try again later."
				)
			)

	return form(visit, show, act)


def address(invoice: str) -> str:
	"""The path of the page for customers who are logged in."""
	return f"{HOME}/pay/{quote(invoice, safe='')}"


def _invoice_of(name: str, customers: tuple[str, ...]):
	if not customers:
		return None
	found = frappe.db.get_value(
		"Sales Invoice", {"name": name, "customer": ("in", customers), "docstatus": 1, "is_return": 0}
	)
	if not found:
		return None
	invoice = frappe.get_doc("Sales Invoice", found)
	return invoice if bills_a_job(found) or invoice.get("aftersales_call") else None


def _payer(invoice) -> str | None:
	if frappe.session.user != "Guest":
		return frappe.db.get_value("User", frappe.session.user, "email")
	return invoice.contact_email
