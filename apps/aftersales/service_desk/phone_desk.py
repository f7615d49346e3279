"""The phone desk: who calls, about what, what is known of it, what can be promised, and the call itself.

The page of the same name only shows what comes from here (R-IN-1, R-IN-5, R-IN-7).
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, get_datetime, get_link_to_form, now_datetime

from aftersales.core.guards import set_protected_values
from aftersales.core.input import field_values
from aftersales.core.input.requests import Moment, Values, validate_call
from aftersales.core.savepoints import insert_once
from aftersales.installed_base.equipment import find_product_file
from aftersales.product_knowledge import articles
from aftersales.product_knowledge.documents import audience_of_user, product_of_document
from aftersales.product_knowledge.scope_rules import Product
from aftersales.service_calls import expected_price, facts, intake, repeat_calls
from aftersales.service_calls.call_status_rules import CLOSED, NO_WORK_LEFT
from aftersales.service_desk import phone_search
from aftersales.service_desk.telephone import call_logs
from aftersales.visit_planning import windows

PRODUCTS = 50
HISTORY = 8

TYPED = (
	"subject",
	"customer",
	"company",
	"contact_name",
	"contact_phone",
	"contact_email",
	"service_address",
	"equipment",
	"brand",
	"model",
	"item_group",
	"item_code",
	"serial_no",
	"serial_text",
	"part_serial_no",
	"ownership_reason",
	"request_type",
	"support_kind",
	"symptom_code",
	"hazard",
	"description",
	"referral",
)
"""What the page may say of a call; everything else is the app's to work out."""

NEW_PRODUCT = ("brand", "model", "item_group", "serial_text", "serial_no")


@frappe.whitelist()
@validate_call
def search(text: str) -> list[dict]:
	"""Customers and products whose phone number, serial number or name begins with what is typed.

	Returns:
		at most twelve: customer, customer_name, phone, contact, contact_name, equipment, product,
		serial, kind (Name, Phone, Serial or Call; Serial No with serial_no for a product that ERPNext sold
		and that has no file yet); part_serial_no and part where the number is that of a part we fitted.
		Only what the user may read.

	Raises:
		frappe.PermissionError: the user may not read customers or register calls.
	"""
	_check_may_take_calls()
	return phone_search.find(text)


@frappe.whitelist()
@validate_call
def about_customer(customer: str) -> dict:
	"""What the desk sees of a customer: contact, what is noted of them, products, open calls, complaints and the latest calls.

	Raises:
		frappe.PermissionError: the user may not read the customer.
	"""
	_check_may_take_calls()
	doc = frappe.get_doc("Customer", customer)
	doc.check_permission("read")
	fields = ["name", "subject", "status", "received_at", "equipment", "brand", "model"]
	to_confirm = ["contact_confirmed", "contact_name", "contact_phone", "contact_email"]
	return {
		"customer": doc.name,
		"customer_name": doc.customer_name,
		"customer_group": doc.customer_group,
		"note": doc.customer_details,
		**intake.primary_contact(doc),
		"products": frappe.get_list(
			"Customer Equipment",
			filters={"customer": customer, "status": ("!=", "Scrapped")},
			fields=["name", "title", "serial_text", "serial_no", "status"],
			order_by="modified desc",
			limit=PRODUCTS,
		),
		"open": frappe.get_list(
			"Repair Call",
			filters={"customer": customer, "status": ("not in", NO_WORK_LEFT)},
			fields=[*fields, *to_confirm],
			order_by="received_at desc",
			limit=HISTORY,
		),
		"history": frappe.get_list(
			"Repair Call",
			filters={"customer": customer, "status": ("in", NO_WORK_LEFT)},
			fields=[*fields, "resolution"],
			order_by="received_at desc",
			limit=HISTORY,
		),
		"complaints": frappe.get_list(
			"Service Complaint",
			filters={"customer": customer, "status": ("not in", CLOSED)},
			fields=["name", "subject", "status"],
			order_by="received_at desc",
			limit=HISTORY,
		),
	}


@frappe.whitelist()
@validate_call
def preview(values: Values) -> dict:
	"""What the call would become if it were registered as it stands; nothing is written.

	Args:
		values: the fields typed so far (JSON or dict), as in :func:`take_call`; without a customer for one
			who is not on file yet.

	Returns:
		coverage, coverage_until, coverage_source, coverage_reason, ownership_concern, service_category,
		priority, service_zone, service_address_display; open: calls for the same product or phone; repeats: the finished call
		it repeats; tips: articles that may help (name, title, solved_by_phone); prices: what the visit would cost
		(`service_prices.prices.told`); due: when somebody has to be there; windows: what can be promised.

	Raises:
		frappe.PermissionError: the user may not register calls or read the customer.
		frappe.ValidationError: what is typed does not fit together.
	"""
	_check_may_take_calls()
	typed = _typed(values)
	if typed.get("customer"):
		frappe.get_doc("Customer", typed["customer"]).check_permission("read")
	call = frappe.new_doc("Repair Call").update(typed)
	call.subject = call.subject or "-"
	call.validate()  # the app's own steps, without scripts of the site: nothing is saved
	due = windows.due_of(call)
	related = repeat_calls.find_related(
		call.customer,
		call.equipment,
		call.serial_no,
		call.serial_text,
		call.contact_phone,
		call.symptom_code,
		request_type=call.request_type,
	)
	return {
		**{
			field: call.get(field)
			for field in (
				"coverage",
				"coverage_until",
				"coverage_source",
				"coverage_reason",
				"ownership_concern",
				"part_serial_no",
				"service_category",
				"priority",
				"service_zone",
				"service_address",
				"service_address_display",
				"request_type",
				"support_kind",
			)
		},
		**related,
		"tips": _tips(call),
		"prices": expected_price.expected(call),
		"due": due,
		"windows": [window.__dict__ for window in arrival_windows(call, due)],
	}


@frappe.whitelist(methods=["POST"])
@validate_call
def take_call(
	values: Values,
	entry_key: str,
	resolution: str | None = None,
	promised_from: Moment | None = None,
	promised_to: Moment | None = None,
	new_customer: Values | None = None,
	keep_product: int = 0,
	call_log: str | None = None,
) -> dict:
	"""Register the call that is on the line; somebody has spoken to the customer, so it is triaged.

	With `resolution` it is resolved by phone, with a window it is scheduled.

	Args:
		values: fields of the Repair Call (JSON or dict): subject and customer at least.
		entry_key: made by the page for each entry; the same key twice gives the same call, so that a
			second click or a request sent again registers nothing more.
		new_customer: customer_name and, if given, customer_group, territory, address_line1, pincode, city of a
			customer who is not on file.
		keep_product: 1 opens a product file for a product that has none.
		call_log: ERPNext's Call Log of the telephone call on the line; the call was received when it rang.

	Returns:
		name, status and link of the call; complaint: the Service Complaint it was handed over to.

	Raises:
		frappe.PermissionError: the user may not register calls, or make customers or product files.
		frappe.ValidationError: what is typed does not fit together, or a guard of the call refuses.
	"""
	_check_may_take_calls()
	if not (entry_key or "").strip():
		frappe.throw(_("The entry has no key."), frappe.MandatoryError)
	if taken := frappe.db.get_value("Repair Call", {"entry_key": entry_key}, "name"):
		return _answer(frappe.get_doc("Repair Call", taken))
	typed = _typed(values)

	def register() -> str:
		if new_customer and not typed.get("customer"):
			new = field_values.short_texts(new_customer)
			typed["customer"] = _make_customer(new, typed)
			typed.setdefault("service_address", _make_address(new, typed["customer"], typed))
		if cint(keep_product) and not typed.get("equipment"):
			typed["equipment"] = _make_product(typed)
		call = frappe.new_doc("Repair Call").update({"channel": "Phone", **typed})
		set_protected_values(call, entry_key=entry_key)
		if call_log:
			call.received_at = _rang_at(call_log)
		return call.insert().name

	name, is_new = insert_once("Repair Call", {"entry_key": entry_key}, register)
	call = frappe.get_doc("Repair Call", name)
	if not is_new:
		return _answer(call)
	if call_log:
		call_logs.link(call_log, call.name)
		call.reload()
	_finish_entry(call, resolution, promised_from, promised_to)
	return _answer(call)


def _finish_entry(call: Document, resolution: str | None, promised_from, promised_to) -> None:
	if resolution and resolution.strip():
		call.resolve_by_phone(resolution.strip())
	elif promised_from and promised_to:
		call.schedule(promised_from, promised_to)
	else:
		call.triage()


@frappe.whitelist()
@validate_call
def on_the_line(call_log: str) -> dict:
	"""What the page fills in for a telephone call: number, and the Repair Call it was registered as, if it was.

	Raises:
		frappe.PermissionError: the user may not register calls.
	"""
	_check_may_take_calls()
	log = frappe.get_doc("Call Log", call_log)
	return {"call_log": log.name, "phone": call_logs.number_of(log), "call": call_logs.call_of(log)}


def _rang_at(call_log: str):
	"""When a telephone call came in; now for one that has no time, or lies ahead by another clock."""
	rang = frappe.db.get_value("Call Log", call_log, "start_time")
	return min(get_datetime(rang), now_datetime()) if rang else now_datetime()


def arrival_windows(call: Document, due=None, count: int = 3) -> list:
	"""Arrival windows that can be promised for a call, saved or not; the best first (`arrival.Suggestion`)."""
	return windows.for_call(call, due, count)


@frappe.whitelist()
@validate_call
def suggest_windows(repair_call: str) -> list[dict]:
	"""For the form: arrival windows that can be promised for a stored call, the best first.

	Raises:
		frappe.PermissionError: the user may not read the call.
	"""
	call = frappe.get_doc("Repair Call", repair_call)
	call.check_permission("read")
	return [window.__dict__ for window in arrival_windows(call)]


@frappe.whitelist()
@validate_call
def known_referrals() -> list[str]:
	"""What callers have said of how they found us, to be offered so that one source is not written in five ways.

	Raises:
		frappe.PermissionError: the user may not register calls.
	"""
	_check_may_take_calls()
	return frappe.get_list(
		"Repair Call",
		filters={"referral": ("is", "set")},
		pluck="referral",
		group_by="referral",
		order_by="referral asc",
		limit=100,
	)


def _tips(call: Document) -> list[dict]:
	"""Reviewed articles for the product and symptom told, those that helped most before."""
	if not frappe.has_permission(articles.DOCTYPE, "read"):
		return []
	product = product_of_document(call) or Product()
	found = articles.proposed(product, audience_of_user(), call.symptom_code, call.fault_code)
	return [{field: row[field] for field in ("name", "title", "solved_by_phone")} for row in found]


def _check_may_take_calls() -> None:
	frappe.has_permission("Repair Call", "create", throw=True)
	frappe.has_permission("Customer", "read", throw=True)


def _typed(values: str | dict) -> dict:
	"""What was typed of the call, each value checked against its field."""
	sent = frappe.parse_json(values) or {}
	given = {field: sent[field] for field in TYPED if sent.get(field) not in (None, "")}
	call = frappe.new_doc("Repair Call").update(given)
	field_values.validate_values(call)
	return {field: call.get(field) for field in given}


def _make_customer(new: dict, typed: dict) -> str:
	"""A customer who is not on file yet, with the caller as contact (ERPNext makes the contact)."""
	name = (new.get("customer_name") or "").strip()
	if not name:
		frappe.throw(
			_("{0} is required. Choose the customer who is calling.").format(frappe.bold(_("Customer"))),
			frappe.MandatoryError,
		)
	customer = frappe.new_doc("Customer")
	customer.update(
		{
			"customer_name": name,
			"customer_type": new.get("customer_type") or "Individual",
			"customer_group": new.get("customer_group")
			or frappe.db.get_single_value("Selling Settings", "customer_group"),
			"territory": new.get("territory") or frappe.db.get_single_value("Selling Settings", "territory"),
			"mobile_no": typed.get("contact_phone"),
			"email_id": typed.get("contact_email"),
		}
	)
	return customer.insert().name


def _make_address(new: dict, customer: str, typed: dict) -> str | None:
	"""Where the new customer is to be visited; None when only the name is known."""
	said = {field: (new.get(field) or "").strip() for field in ("address_line1", "pincode", "city")}
	if not said["address_line1"] and not said["city"]:
		return None
	company = typed.get("company") or frappe.db.get_single_value("Global Defaults", "default_company")
	address = frappe.new_doc("Address")
	address.update(
		{
			"address_title": customer,
			"address_type": "Billing",
			"address_line1": said["address_line1"] or said["city"],
			"city": said["city"] or said["address_line1"],
			"pincode": said["pincode"],
			"country": company and frappe.get_cached_value("Company", company, "country"),
			"is_primary_address": 1,
			"is_shipping_address": 1,
			"links": [{"link_doctype": "Customer", "link_name": customer}],
		}
	)
	return address.insert().name


def _make_product(typed: dict) -> str | None:
	"""A product file for a product named on the call; None when nothing is said of it.

	Of a Serial No the one that is there, should a colleague have opened it meanwhile.
	"""
	said = {field: typed[field] for field in NEW_PRODUCT if typed.get(field)}
	if not said:
		return None
	if serial_no := said.get("serial_no"):
		if name := find_product_file(typed.get("customer"), serial_no):
			return name
	product = frappe.new_doc("Customer Equipment")
	product.update({**said, "customer": typed.get("customer"), "company": typed.get("company")})
	return product.insert().name


def _answer(call: Document) -> dict:
	from aftersales.customer_care import complaints

	complaint = complaints.of_call(call.name)
	return {
		"name": call.name,
		"status": call.status,
		"link": get_link_to_form("Repair Call", call.name),
		"complaint": complaint,
		"promised_from": get_datetime(call.promised_from) if call.promised_from else None,
		"promised_to": get_datetime(call.promised_to) if call.promised_to else None,
		"customer_name": escape_html(call.customer_name or call.customer),
	}
