"""What the ERPNext documents that the app makes have in common: key, currency, the customer's terms, how they are saved."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, nowdate

KEY = "aftersales_posting_key"


def posting_key(doctype: str, name: str, purpose: str) -> str:
	"""The unique key of the document of kind `purpose` made for a job."""
	return f"{doctype}/{name}/{purpose}"


def billing_currency(doc: Document) -> str:
	"""The currency in which the customer of `doc` is invoiced."""
	currency = doc.customer and frappe.get_cached_value("Customer", doc.customer, "default_currency")
	return currency or frappe.get_cached_value("Company", doc.company, "default_currency")


def set_customer_terms(target: Document, *, priced: bool = False) -> None:
	"""Party details as ERPNext's own form sets them: currency, price list, addresses, taxes, regional fields.

	ERPNext asks for them again when the document is inserted, but adds no rows of taxes any more then, and
	what a country's app answers (place of supply, tax template by state) would come too late.

	`priced`: item details and prices are filled in, too; else ERPNext does that on insert.
	"""
	target.flags.ignore_permissions = True
	# Before the defaults of site and user, which would take their place on insert
	target.currency = billing_currency(target)
	target.selling_price_list = target.selling_price_list or _price_list(
		frappe.get_cached_doc("Customer", target.customer)
	)
	if priced:
		target.set_missing_values()
	else:
		target.set_missing_lead_customer_details()
	set_default_taxes(target)
	_set_sales_team(target, frappe.get_cached_doc("Customer", target.customer))


def set_default_taxes(target: Document) -> None:
	"""The rows of the tax template that the party details name, or of the company's default one.

	None where a country's app answered that there are none: it names an empty template then.
	"""
	target.set("__islocal", True)  # ERPNext does this on new documents only
	if target.taxes_and_charges != "":
		target.set_taxes()


def tax_template_of(customer: str, company: str) -> str | None:
	"""The taxes that ERPNext would put on an invoice of the customer today: by rule, or the company's default."""
	invoice = frappe.get_doc({"doctype": "Sales Invoice", "customer": customer, "company": company})
	invoice.posting_date = nowdate()
	set_customer_terms(invoice)
	return invoice.taxes_and_charges


def save_as_app(target: Document, submitted: bool) -> None:
	"""Insert, and submit in the same pass, for the user whose right to the job was checked before.

	Raises:
		frappe.UniqueValidationError: the database holds the place already.
	"""
	target.flags.ignore_permissions = True
	target.flags.made_by_posting = True
	try:
		target.submit() if submitted else target.insert()
	except frappe.UniqueValidationError:
		frappe.throw(
			_("{0} is being posted by another user at this moment. Reload to see the result.").format(
				target.get("aftersales_voucher") or _("One of the jobs")
			),
			frappe.UniqueValidationError,
			title=_("Already Posted"),
		)


def _price_list(customer: Document) -> str | None:
	from erpnext.accounts.party import get_default_price_list

	return get_default_price_list(customer) or frappe.get_cached_doc("Selling Settings").selling_price_list


def _set_sales_team(target: Document, customer: Document) -> None:
	"""Who earns a commission, as the form takes it over from the customer."""
	if target.meta.has_field("sales_partner"):
		target.update(
			{
				"sales_partner": target.sales_partner or customer.default_sales_partner,
				"commission_rate": flt(target.commission_rate) or flt(customer.default_commission_rate),
			}
		)
	if target.meta.has_field("sales_team") and not target.get("sales_team"):
		for row in customer.get("sales_team"):
			target.append(
				"sales_team",
				{
					"sales_person": row.sales_person,
					"allocated_percentage": row.allocated_percentage,
					"commission_rate": row.commission_rate,
				},
			)
