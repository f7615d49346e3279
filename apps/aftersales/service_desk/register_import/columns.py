"""What a column of a register can mean, and what its name suggests."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# Targets: the names a user sees in the mapping. Order is the order of the drop-down.
ID = "Id"
REGISTER = "Register"
RECEIVED_AT = "Received at"
FAULT = "Fault as Told"
SUBJECT = "Subject"
OUTCOME = "Outcome"
STATUS = "Status"
RESOLVED_AT = "Resolved at"
CLOSED_AT = "Closed at"
RESOLUTION = "Resolution"
DIAGNOSIS = "Diagnosis"
NOT_REPAIRABLE_REASON = "Why not Repairable"
CHANNEL = "Channel"
CUSTOMER = "Customer"
CONTACT = "Contact"
PHONE = "Phone"
EMAIL = "E-mail"
BRAND = "Brand"
MODEL = "Model"
SERIAL = "Serial Number"
PRODUCT_GROUP = "Product Group"
PRODUCT_NOTE = "Product Description"
YEAR = "Year of Manufacture"
PURCHASED = "Purchased on"
WARRANTY = "Warranty until"
PLACE = "Place"
COUNTRY = "Country"

TARGETS = (
	ID,
	RECEIVED_AT,
	FAULT,
	SUBJECT,
	OUTCOME,
	STATUS,
	RESOLVED_AT,
	CLOSED_AT,
	RESOLUTION,
	DIAGNOSIS,
	NOT_REPAIRABLE_REASON,
	CHANNEL,
	CUSTOMER,
	CONTACT,
	PHONE,
	EMAIL,
	BRAND,
	MODEL,
	SERIAL,
	PRODUCT_GROUP,
	PRODUCT_NOTE,
	YEAR,
	PURCHASED,
	WARRANTY,
	PLACE,
	COUNTRY,
)
REQUIRED_TARGETS = (ID, RECEIVED_AT)

OPEN_REPAIR_DATA = "Open Repair Data v0.3"
OWN_COLUMNS = "Own columns"

# Open Repair Data Standard v0.3, https://openrepair.org/open-data/open-standard/
# product_category_id repeats product_category, and product_age is event year - year_of_manufacture.
ORDS_TARGETS = {
	"id": ID,
	"data_provider": REGISTER,
	"country": COUNTRY,
	"partner_product_category": PRODUCT_NOTE,
	"product_category": PRODUCT_GROUP,
	"brand": BRAND,
	"year_of_manufacture": YEAR,
	"repair_status": OUTCOME,
	"repair_barrier_if_end_of_life": NOT_REPAIRABLE_REASON,
	"group_identifier": PLACE,
	"event_date": RECEIVED_AT,
	"problem": FAULT,
}
ORDS_REQUIRED = ("id", "data_provider", "product_category", "repair_status", "event_date", "problem")

# Words found in headers of registers that people keep, each in its folded form (see _fold).
_ALIASES = {
	ID: "id no number nr ref reference repair_no repair_number repair_id job_no job_number job_id job ticket"
	" ticket_no ticket_id ticket_number call_no call_id call_number case case_no case_id order_no work_order"
	" docket record_id register_no",
	RECEIVED_AT: "received received_at received_on date date_received date_in in_date event_date call_date"
	" booked_in opened opened_at opened_on created created_at created_on reported reported_at intake_date",
	FAULT: "fault fault_as_told problem complaint issue symptom fault_description problem_description"
	" description reported_fault fault_reported details",
	SUBJECT: "subject summary short_description headline",
	OUTCOME: "outcome result repair_status repair_result repair_outcome",
	STATUS: "status state call_status job_status ticket_status",
	RESOLVED_AT: "resolved resolved_at resolved_on repaired_at repaired_on date_repaired repair_date",
	CLOSED_AT: "closed closed_at closed_on date_closed date_out out_date completed completed_at completed_on"
	" finished date_finished returned returned_on collected collected_on delivered delivered_on",
	RESOLUTION: "resolution solution work_done action action_taken remedy repair_done repair",
	DIAGNOSIS: "diagnosis findings fault_found cause inspection",
	NOT_REPAIRABLE_REASON: "why_not_repairable repair_barrier_if_end_of_life repair_barrier barrier"
	" reason_not_repaired reason_not_repairable",
	CHANNEL: "channel source via intake_channel",
	CUSTOMER: "customer client customer_name client_name customer_id account owner company_name",
	CONTACT: "contact contact_name contact_person caller",
	PHONE: "phone telephone tel mobile cell phone_no phone_number contact_phone contact_no telephone_number",
	EMAIL: "email e_mail mail email_address contact_email",
	BRAND: "brand make maker manufacturer",
	MODEL: "model model_no model_number type type_no",
	SERIAL: "serial serial_no serial_number sn s_n imei serial_text",
	PRODUCT_GROUP: "product_group product_category category item_group group appliance device device_type"
	" product_type equipment_type",
	PRODUCT_NOTE: "product_description product item partner_product_category equipment appliance_description",
	YEAR: "year year_of_manufacture year_made manufactured production_year",
	PURCHASED: "purchased purchased_on purchase_date date_of_purchase bought bought_on sold_on sale_date",
	WARRANTY: "warranty warranty_until warranty_end warranty_expiry warranty_expires guarantee_until",
	PLACE: "place location site branch shop group_identifier town city",
	COUNTRY: "country",
}
_TARGET_OF = {alias: target for target, aliases in _ALIASES.items() for alias in aliases.split()}


@dataclass(frozen=True)
class Layout:
	"""How to read this register's rows."""

	columns: Mapping[str, str]
	"""Target -> name of the column in the file."""
	open_repair_data: bool = False
	register_name: str = ""
	"""Own columns: prefix of the external ids, so that two registers may use the same numbers."""
	date_order: str = "YMD"
	"""YMD, DMY or MDY; an Excel date needs none."""


def propose(header: Iterable[str]) -> dict[str, str]:
	"""Column of the file -> target, for the columns whose names say what they are; each target once."""
	proposal: dict[str, str] = {}
	for name in header:
		target = _TARGET_OF.get(_fold(name))
		if target and target not in proposal.values():
			proposal[name] = target
	return proposal


def is_open_repair_data(header: Iterable[str]) -> bool:
	"""True when the required columns of the Open Repair Data Standard are there under their own names."""
	return set(ORDS_REQUIRED) <= {_ords_name(name) for name in header}


def ords_layout(header: Iterable[str]) -> Layout:
	"""The fixed meaning of Open Repair Data columns; see :func:`missing_ords_columns` first."""
	columns = {}
	for name in header:
		target = ORDS_TARGETS.get(_ords_name(name))
		if target:
			columns[target] = name
	return Layout(columns, open_repair_data=True)


def missing_ords_columns(header: Iterable[str]) -> list[str]:
	"""Required Open Repair Data columns that the file lacks, in the order of the standard."""
	present = {_ords_name(name) for name in header}
	return [name for name in ORDS_REQUIRED if name not in present]


def _ords_name(name: str) -> str:
	return name.strip().lower()


def _fold(name: str) -> str:
	return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")
