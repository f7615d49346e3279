"""A customer registers a product for its warranty; somebody of ours checks the proof of purchase and confirms it."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, format_date, getdate, nowdate

from aftersales.core.guards import privileged, set_protected_values, with_system_privileges
from aftersales.installed_base import equipment as product_files
from aftersales.installed_base import identity
from aftersales.installed_base.ownership_rules import GONE

DOCTYPE, PRODUCT = "Warranty Registration", "Customer Equipment"
RECEIVED, CONFIRMED, REFUSED = "Received", "Confirmed", "Refused"


def register(values: dict, channel: str, key: str) -> str:
	"""Store what a customer tells on a page; returns the name. The same key is one registration.

	Args:
		values: fields of the registration as they were entered.
		channel: Portal or QR.
		key: made by the form.
	"""
	if there := frappe.db.get_value(DOCTYPE, {"entry_key": key}):
		return there
	doc = frappe.new_doc(DOCTYPE)
	doc.update(values)
	set_protected_values(doc, channel=channel, entry_key=key)
	doc.flags.ignore_permissions = True
	return doc.insert().name


def confirm(registration: Document, former_owner: str | None = None) -> str:
	"""The proof is good: the product file says bought on, installed on and the owner; returns its name.

	Args:
		former_owner: the customer whose product it is so far, where it changes hands; who confirms has seen whose it is.

	Raises:
		frappe.MandatoryError: it is not known who the customer is.
		frappe.ValidationError: it was decided already, the product belongs to another customer than `former_owner`, or
			was bought earlier by its file.
	"""
	_validate_undecided(registration)
	if not registration.customer:
		frappe.throw(
			_("Enter {0}: who owns the product?").format(frappe.bold(_("Customer"))), frappe.MandatoryError
		)
	name = registration.equipment or product_files.find_product_file(
		registration.customer, None, registration.serial_text, registration.brand
	)
	file = frappe.get_doc(PRODUCT, name, for_update=True) if name else _new_file(registration)
	_validate_former_owner(file, registration, former_owner)
	_validate_date(file, registration)
	if name and file.customer != registration.customer:
		change = identity.Change("New Owner", DOCTYPE, registration.name, on=registration.purchase_date)
		with with_system_privileges(file, incomplete=True):
			identity.change_owner(file, registration.customer, change)
	file.update(
		{
			"purchase_date": registration.purchase_date,
			"installed_on": file.installed_on or registration.installed_on,
			"serial_text": file.serial_text or registration.serial_text,
			"status": "In Use" if file.status in GONE else file.status,
		}
	)
	privileged(file).save() if name else privileged(file).insert()
	_decide(registration, CONFIRMED, equipment=file.name)
	return file.name


def refuse(registration: Document, reason: str) -> None:
	"""The registration is not accepted; nothing changes on the product file."""
	_validate_undecided(registration)
	if not (reason or "").strip():
		frappe.throw(_("Enter the reason for refusing the registration."), frappe.MandatoryError)
	_decide(registration, REFUSED, reason=reason.strip())


def _new_file(registration: Document) -> Document:
	return frappe.new_doc(
		PRODUCT,
		customer=registration.customer,
		company=registration.company,
		item_code=registration.item_code,
		brand=registration.brand,
		model=registration.model,
		serial_text=registration.serial_text,
	)


def _validate_former_owner(file: Document, registration: Document, former_owner: str | None) -> None:
	if file.customer in (registration.customer, former_owner):
		return
	frappe.throw(
		_(
			"{0} belongs to customer {1}. Confirm that it changes hands only if the proof of purchase says that {2} bought it from them."
		).format(
			frappe.utils.get_link_to_form(PRODUCT, file.name),
			frappe.bold(escape_html(file.customer)),
			frappe.bold(escape_html(registration.customer)),
		),
		title=_("Product of Another Customer"),
	)


def _validate_date(file: Document, registration: Document) -> None:
	"""What is known of the sale is not made younger, and the warranty with it longer, by a customer's word."""
	if not file.purchase_date or getdate(registration.purchase_date) <= getdate(file.purchase_date):
		return
	frappe.throw(
		_(
			"{0} was bought on {1} by its product file, on {2} by the registration. Correct the date in one of them by the proof of purchase."
		).format(
			frappe.utils.get_link_to_form(PRODUCT, file.name),
			format_date(file.purchase_date),
			format_date(registration.purchase_date),
		),
		title=_("Other Date of Purchase"),
	)


def _validate_undecided(registration: Document) -> None:
	if registration.status != RECEIVED:
		frappe.throw(_("{0} is already {1}.").format(escape_html(registration.name), _(registration.status)))


def _decide(
	registration: Document, status: str, equipment: str | None = None, reason: str | None = None
) -> None:
	registration.equipment = equipment or registration.equipment
	set_protected_values(
		registration, status=status, reason=reason, decided_by=frappe.session.user, decided_on=nowdate()
	)
	registration.save()
