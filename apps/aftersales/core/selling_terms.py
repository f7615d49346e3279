"""What the ERPNext documents that the app makes have in common: key, currency, the customer's terms, how they are saved."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, nowdate

KEY = "aftersales_posting_key"
OF_CUSTOMER = ("customer_group", "territory", "language")
"""Details of a party that stand on the customer."""

DETAILS = (
	"tax_category",
	"customer_address",
	"shipping_address_name",
	"contact_person",
	"payment_terms_template",
	"debit_to",
	"taxes_and_charges",
)
"""Links among the details of a party that are looked up, or that an address may decide."""

OTHER_CLASS = ("override_doctype_class", "extend_doctype_class")
"""Hooks by which another app gives a DocType another class."""


def posting_key(doctype: str, name: str, purpose: str) -> str:
	"""The unique key of the document of kind `purpose` made for a job."""
	return f"{doctype}/{name}/{purpose}"


def billing_currency(doc: Document) -> str:
	"""The currency in which the customer of `doc` is invoiced."""
	currency = doc.customer and frappe.get_cached_value("Customer", doc.customer, "default_currency")
	return currency or frappe.get_cached_value("Company", doc.company, "default_currency")


def set_customer_terms(target: Document, *, priced: bool = False) -> None:
	"""Party details as ERPNext's own form sets them: currency, price list, addresses, taxes, regional fields.

	ERPNext asks for the details when the document is inserted, but adds no rows of taxes any more then, and what a
	country's app answers (place of supply, tax template by state) would come too late; so would all of them where
	a default of site or user takes their place. Elsewhere they are not asked for twice: the taxes are the company's.

	`priced`: item details and prices are filled in, too; else ERPNext does that on insert.
	"""
	target.flags.ignore_permissions = True
	# Before the defaults of site and user, which would take their place on insert
	target.currency = billing_currency(target)
	customer = frappe.get_cached_doc("Customer", target.customer)
	target.selling_price_list = target.selling_price_list or _price_list(customer)
	if priced:
		target.set_missing_values()
	elif _details_name_taxes(target) or _defaults_come_before_details(target):
		target.set_missing_lead_customer_details()
	else:
		_copy_from_customer(target, customer)
	set_default_taxes(target)
	_set_sales_team(target, customer)


def _details_name_taxes(target: Document) -> bool:
	"""Whether the details of a party may name a tax template: by a Tax Rule, by a country's app, or by another class."""
	from erpnext import get_region

	overrides = frappe.get_hooks("regional_overrides", {})
	countries = {get_region(target.company), get_region()}  # ERPNext asks by the latter, apps by the former
	return (
		any(
			function.startswith("erpnext.accounts.party.")
			for country in countries
			for function in overrides.get(country) or ()
		)
		or any(target.doctype in (frappe.get_hooks(hook) or ()) for hook in OTHER_CLASS)
		or bool(frappe.db.exists("Tax Rule", {"tax_type": "Sales"}))
	)


def _defaults_come_before_details(target: Document) -> bool:
	"""Whether site or user have a default for a field of the party details that is not read off the customer."""
	defaults = frappe.defaults.get_defaults()
	permissions = frappe.permissions.get_user_permissions(frappe.session.user)
	for fieldname in DETAILS:
		field = target.meta.get_field(fieldname)
		if not field:
			continue
		if (
			defaults.get(fieldname)
			or defaults.get(frappe.scrub(field.options))
			or field.options in permissions
		):
			return True
	return False


def _copy_from_customer(target: Document, customer: Document) -> None:
	"""What a document has of its customer, so that no default of the site takes its place."""
	for fieldname in OF_CUSTOMER:
		if target.meta.has_field(fieldname) and not target.get(fieldname):
			target.set(fieldname, customer.get(fieldname))


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


def save_privileged(target: Document, submitted: bool) -> None:
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
