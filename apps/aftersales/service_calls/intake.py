"""Steps of registering a call: which product, whose, where, and who speaks for the customer."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, now_datetime

from aftersales.core.guards import set_protected_values, validate_not_in_future
from aftersales.core.input.requests import validate_call
from aftersales.installed_base import equipment, identity, location
from aftersales.installed_base.serial_rules import serial_key
from aftersales.service_calls import facts, portal_api, repeat_calls
from aftersales.service_calls.entitlement import fitted_numbers
from aftersales.service_setup.settings import aftersales_settings

SERIAL_FIELDS = ("customer", "equipment", "serial_no", "serial_text", "item_code", "part_serial_no")
FAULT_CODES = {
	"symptom_code": "Symptom",
	"fault_code": "Fault",
	"cause_code": "Cause",
	"action_code": "Action",
}


def take_sender(call: Document) -> None:
	"""A call made from an e-mail knows only the sender: find the customer by that address.

	Raises:
		frappe.MandatoryError: no customer has it, and none is named for unknown senders.
	"""
	if call.customer or not call.is_new() or not call.contact_email:
		return
	found = _customers_by_address(call.contact_email)
	if len(found) > 1:
		frappe.throw(
			_("{0} is required: {1} is a contact of {2}.").format(
				frappe.bold(_("Customer")), escape_html(call.contact_email), escape_html(", ".join(found))
			),
			frappe.MandatoryError,
		)
	known = found[0] if found else None
	call.customer = known or aftersales_settings().unknown_sender_customer
	if not call.customer:
		frappe.throw(
			_("{0} is required: no customer has the e-mail address {1}.").format(
				frappe.bold(_("Customer")), escape_html(call.contact_email)
			),
			frappe.MandatoryError,
		)
	if frappe.session.user in (
		"Administrator",
		"Guest",
	):  # fetched by the mail account, not typed by an agent
		call.channel = "E-mail"
		set_protected_values(call, contact_confirmed=int(bool(known)))
		call.call_owner = call.call_owner or portal_api.owner_for_customers()


def identify_product(call: Document) -> None:
	"""Find the product file by its serial and take over its data.

	Raises:
		frappe.ValidationError: the file is another customer's, or file, serial and item name different
			products.
	"""
	if not facts.any_changed(call, SERIAL_FIELDS):
		return
	if not call.equipment:
		call.equipment = equipment.find_product_file(
			call.customer, call.serial_no, call.serial_text, call.brand
		)
	if not call.equipment:
		_find_by_fitted_part(call)
	_take_product_data(call)
	remember_serial(call)
	_check_serial_no(call)


def set_defaults(call: Document) -> None:
	settings = aftersales_settings()
	call.company = call.company or settings.default_company or frappe.defaults.get_user_default("Company")
	call.request_type = call.request_type or settings.default_request_type
	call.support_kind = call.support_kind or facts.request_type(call, "default_support_kind")
	if call.is_new():
		call.received_at = call.received_at or now_datetime()
		call.call_owner = call.call_owner or frappe.session.user


def check_received_at(call: Document) -> None:
	if call.has_value_changed("received_at"):
		validate_not_in_future(call, "received_at")


def take_contact(call: Document) -> None:
	"""The customer's primary contact, unless the caller's own name, number or address was noted."""
	if call.customer and call.has_value_changed("customer"):
		customer = facts.customer(call)
		call.customer_name = customer.customer_name
		if not (call.contact_name or call.contact_phone or call.contact_email):
			call.update(primary_contact(customer))
	remember_phone(call)


@frappe.whitelist()
@validate_call
def customer_details(customer: str) -> dict:
	"""What a new call will take from its customer: contact, phone, e-mail, address."""
	doc = frappe.get_doc("Customer", customer)
	doc.check_permission("read")
	return {**primary_contact(doc), "service_address": doc.customer_primary_address}


def remember_phone(call: Document) -> None:
	"""Keep the digits that recognise the phone number however it is written."""
	call.phone_key = repeat_calls.phone_key(call.contact_phone)


def remember_serial(call: Document) -> None:
	"""Keep the serial number as it is compared, however it was told."""
	call.serial_key = serial_key(call.serial_text or call.serial_no)


def locate(call: Document) -> None:
	"""Where the work is: the product's own place, else the customer's primary address; and its zone."""
	if not call.customer:
		return
	if not call.service_address and facts.any_changed(call, ("customer", "equipment")):
		call.service_address = (
			facts.product_file(call).address or facts.customer(call).customer_primary_address
		)
	if not call.is_new() and not call.has_value_changed("service_address"):
		return
	call.service_address_display = location.display(call.service_address)
	if not call.service_zone or not call.has_value_changed("service_zone"):
		file = facts.product_file(call)
		at_home = file.service_zone and file.address == call.service_address
		call.service_zone = (
			file.service_zone
			if at_home
			else location.zone_of(call.service_address, facts.customer(call).territory)
		)


def check_fault_codes(call: Document) -> None:
	for fieldname, kind in FAULT_CODES.items():
		code = call.get(fieldname)
		if code and call.has_value_changed(fieldname) and _kind(code) != kind:
			frappe.throw(
				_("{0}: {1} is not a code of kind {2}.").format(
					frappe.bold(_(call.meta.get_label(fieldname))), escape_html(code), _(kind)
				)
			)


def _take_product_data(call: Document) -> None:
	file = facts.product_file(call)
	if not file:
		return
	call.customer = call.customer or file.customer
	call.company = call.company or file.company
	if call.customer != file.customer:
		frappe.throw(
			_("{0} belongs to customer {1}, not to {2}.").format(
				equipment.link_to(file.name),
				frappe.bold(escape_html(file.customer)),
				frappe.bold(escape_html(call.customer)),
			),
			title=_("Another Customer's Product"),
		)
	another = not call.is_new() and call.has_value_changed("equipment")
	for fieldname in equipment.PRODUCT_FIELDS:
		if another or not call.get(fieldname):
			call.set(fieldname, file[fieldname])
	if call.serial_no and call.serial_no != file.serial_no and _is_former_number(file, call.serial_no):
		# The number told is kept as told; the unit that stands in for it is the product now
		call.update({"serial_text": call.serial_no, "serial_no": file.serial_no, "item_code": file.item_code})
	if file.serial_no and file.serial_no != call.serial_no:
		frappe.throw(
			_("{0} has Serial No {1}, the call has {2}.").format(
				equipment.link_to(file.name),
				frappe.bold(escape_html(file.serial_no)),
				frappe.bold(escape_html(call.serial_no)),
			),
			title=_("Another Product"),
		)


def _is_former_number(file: frappe._dict, number: str) -> bool:
	return number in identity.former_numbers([file.name]).get(file.name, ())


def _find_by_fitted_part(call: Document) -> None:
	"""The number told may be that of a part we fitted: it leads to the product the part is in."""
	told = call.part_serial_no or call.serial_text or call.serial_no
	found = fitted_numbers.find(told, call.customer)
	if not found:
		return
	call.equipment = found.equipment
	call.part_serial_no = told
	if serial_key(call.serial_text) == serial_key(told):
		call.serial_text = None
	if serial_key(call.serial_no) == serial_key(told):
		call.serial_no = None
	if call.item_code == found.item_code:
		call.update({"item_code": None, "item_group": None, "brand": None})


def _check_serial_no(call: Document) -> None:
	if not call.serial_no:
		return
	serial = facts.serial(call)
	if call.item_code and serial.item_code and serial.item_code != call.item_code:
		frappe.throw(
			_("Serial No {0} belongs to item {1}, not to {2}.").format(
				frappe.bold(escape_html(call.serial_no)),
				frappe.bold(escape_html(serial.item_code)),
				frappe.bold(escape_html(call.item_code)),
			),
			title=_("Serial of Another Item"),
		)
	for fieldname in ("item_code", "item_group", "brand"):
		call.set(fieldname, call.get(fieldname) or serial.get(fieldname))


def primary_contact(customer: Document | frappe._dict) -> dict:
	"""Name, phone and e-mail of whom to speak to at a customer (fields of Customer as `facts` loads them)."""
	name = customer.customer_primary_contact
	contact = (name and frappe.db.get_value("Contact", name, ("full_name", "phone"), as_dict=True)) or {}
	return {
		"contact_name": contact.get("full_name"),
		# ERPNext copies only the mobile number to the customer
		"contact_phone": customer.mobile_no or contact.get("phone"),
		"contact_email": customer.email_id,
	}


def primary_contact_of(customer: str) -> dict:
	"""The same of the customer of that name, for other rooms."""
	fields = ("customer_primary_contact", "mobile_no", "email_id")
	found = frappe.db.get_value("Customer", customer, fields, as_dict=True)
	return primary_contact(found) if found else {}


def _customers_by_address(email: str) -> list[str]:
	"""The customers of contacts with this e-mail address, else whoever has it themselves."""
	address, link = frappe.qb.DocType("Contact Email"), frappe.qb.DocType("Dynamic Link")
	found = (
		frappe.qb.from_(address)
		.join(link)
		.on((link.parent == address.parent) & (link.parenttype == "Contact"))
		.select(link.link_name)
		.where((address.email_id == email) & (link.link_doctype == "Customer"))
		.orderby(link.creation)
		.run(pluck=True)
	)
	return list(dict.fromkeys(found)) or frappe.get_all(
		"Customer", {"email_id": email}, pluck="name", order_by="creation"
	)


def _kind(code: str) -> str | None:
	return frappe.get_cached_value("Fault Code", code, "kind")
