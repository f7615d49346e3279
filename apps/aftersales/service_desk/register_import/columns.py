"""What a column of a register can mean, and what its name suggests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .header_names import NAMES
from .words import fold

# Targets: the names a user sees in the mapping. Order is the order of the drop-down.
ID = "Id"
REGISTER = "Register"
RECEIVED_AT = "Received at"
RECEIVED_TIME = "Time Received"
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
	RECEIVED_TIME,
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

DATE_TARGETS = (RECEIVED_AT, RESOLVED_AT, CLOSED_AT, PURCHASED, WARRANTY)

OPEN_REPAIR_DATA = "Open Repair Data"
OWN_COLUMNS = "Own columns"

# Open Repair Data Standard, https://openrepair.org/open-data/open-standard/ Version 0.1 (2017) says date for
# event_date, knows a model and neither partner_product_category nor a barrier; 0.2 and 0.2.1 (2021) are 0.3
# without product_category_id, which repeats product_category, and product_age, which is event year -
# year_of_manufacture. What a file lacks stays empty.
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
	"date": RECEIVED_AT,
	"model": MODEL,
	"problem": FAULT,
}
ORDS_REQUIRED = ("id", "data_provider", "product_category", "repair_status", "event_date", "problem")
ORDS_FORMER = {"event_date": "date"}
"""Name of a column in the standard of today -> its name in version 0.1."""

_RANKED = {
	fold(name): (rank, target)
	for target, names in reversed(NAMES.items())
	for rank, name in reversed(list(enumerate(names.split("|"))))
}


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
	meanings: Mapping[tuple[str, str], str] = field(default_factory=dict)
	"""(kind, folded word) -> what the user says that a status, outcome or channel means."""


def propose(header: Iterable[str]) -> dict[str, str]:
	"""Column of the file -> target, for the columns whose names say what they are.

	Each target once: of two columns that could be it, the one whose name says more.
	"""
	best: dict[str, tuple[int, int, str]] = {}
	for position, name in enumerate(header):
		rank, target = _RANKED.get(fold(name), (0, ""))
		if target and (rank, position) < best.get(target, (rank, position + 1, ""))[:2]:
			best[target] = (rank, position, name)
	return {name: target for target, (_rank, _position, name) in best.items()}


def is_column_name(text: str) -> bool:
	"""True when `text` is a usual name of a column, in any language."""
	return fold(text) in _RANKED or text.strip().lower() in ORDS_TARGETS


def is_open_repair_data(header: Iterable[str]) -> bool:
	"""True when the required columns of the Open Repair Data Standard are there under their own names."""
	return not missing_ords_columns(header)


def ords_layout(header: Iterable[str]) -> Layout:
	"""The fixed meaning of Open Repair Data columns; see :func:`missing_ords_columns` first."""
	columns: dict[str, str] = {}
	for name in header:
		target = ORDS_TARGETS.get(_ords_name(name))
		if target:
			columns.setdefault(target, name)
	return Layout(columns, open_repair_data=True)


def missing_ords_columns(header: Iterable[str]) -> list[str]:
	"""Required Open Repair Data columns that the file lacks, in the order of the standard."""
	present = {_ords_name(name) for name in header}
	return [name for name in ORDS_REQUIRED if not present & {name, ORDS_FORMER.get(name)}]


def _ords_name(name: str) -> str:
	return name.strip().lower()
