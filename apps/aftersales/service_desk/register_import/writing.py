"""Writes one record: product file, call and card, all of them or none."""

from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.naming import get_default_naming_series, make_autoname
from frappe.utils import now_datetime
from frappe.utils.html_utils import sanitize_html

from aftersales.core.savepoints import all_or_nothing
from aftersales.installed_base import equipment as product_files

from .masters import Masters
from .records import Record
from .words import OPEN

if TYPE_CHECKING:
	from aftersales.service_desk.doctype.register_import.register_import import RegisterImport

PRODUCT_FILE, CALL, CARD = "Customer Equipment", "Repair Call", "Repair Card"
REFUSALS = (
	frappe.ValidationError,
	frappe.PermissionError,
	frappe.NameError,
)
"""What a guard, a customisation or a unique key says to one record; anything else stops the import."""


class RecordRefused(Exception):
	"""The site refused the record; nothing of it was written. `code` and `message` say why."""

	def __init__(self, code: str, message: str):
		super().__init__(message)
		self.code = code
		self.message = message


def already_there(records: list[Record]) -> set[str]:
	"""External ids of those `records` that an earlier run or another import has brought."""
	if not records:
		return set()
	return set(
		frappe.get_all(
			CALL,
			filters={"external_id": ["in", [record.external_id for record in records]]},
			pluck="external_id",
			order_by="external_id",
		)
	)


class Writer:
	"""Writes the records of one import in the current transaction."""

	def __init__(self, settings: "RegisterImport", masters: Masters):
		self.settings = settings
		self.masters = masters
		self._defaults = {doctype: _defaults_of(doctype) for doctype in (PRODUCT_FILE, CALL, CARD)}
		self._named_by_rule = frappe.get_all(
			"Document Naming Rule", filters={"disabled": 0}, pluck="document_type", order_by="name"
		)

	def write(self, record: Record) -> None:
		"""Insert the documents of `record`.

		Raises:
			RecordRefused: a guard or a unique key refused one of them; none is left.
		"""
		messages = len(frappe.local.message_log)
		try:
			with all_or_nothing():
				for document in self.documents(record):
					document.insert()
		except REFUSALS as error:
			self.masters.forget()
			said = frappe.local.message_log[messages:]
			del frappe.local.message_log[messages:]
			if isinstance(error, frappe.UniqueValidationError):
				raise RecordRefused("id_taken", "") from None
			# What the user would be shown is worth more than what the exception carries.
			message = said[-1].get("message") if said else str(error)
			raise RecordRefused("refused", frappe.utils.strip_html(message)) from None

	def documents(self, record: Record):
		"""Yield the documents of `record`, each to be inserted before the next is asked for: that one names it."""
		common = {"customer": self.masters.customer(record), "company": self.settings.company}
		product_group = self.masters.product_group(record)
		product = {"item_group": product_group}
		if not product_group and not record.equipment["model"]:
			product["model"] = record.product_group

		equipment = self._known_product(record, common["customer"])
		if not equipment:
			document = self._new(PRODUCT_FILE, record, {**record.equipment, **common, **product})
			yield document
			equipment = document.name
		links = {**common, "equipment": equipment, "service_category": self.settings.service_category}

		told = {**record.call, "resolution": _with_remarks(record)}
		call = self._new(CALL, record, {**told, **links, **product, **self._intake(record)})
		yield call
		if record.card:
			card = {**_cleaned(record.card), **links, "repair_call": call.name, "docstatus": 1}
			yield self._new(CARD, record, card)

	def _intake(self, record: Record) -> dict:
		intake = {"request_type": self.settings.request_type, "support_kind": "Use"}
		if record.call["status"] == OPEN:
			# Every open call has an owner and a next action (R-IN-1); nobody has looked at these yet.
			intake["call_owner"] = self.settings.call_owner or frappe.session.user
			intake["next_action"] = _("Review the imported call")
			intake["next_action_by"] = now_datetime()
		return intake

	def _known_product(self, record: Record, customer: str) -> str | None:
		serial = record.equipment["serial_text"]
		if not serial:
			return None
		return product_files.find_product_file(
			customer, serial_text=serial, brand=record.equipment["brand"] or None
		)

	def _new(self, doctype: str, record: Record, values: dict) -> Document:
		told = {fieldname: value for fieldname, value in values.items() if value not in ("", None)}
		document = frappe.get_doc({**self._defaults[doctype], **told, "doctype": doctype})
		# Validations of live intake (owner, promise, coverage, follow-up, posting) do not apply to the past.
		document.flags.from_register = True
		document.flags.notify_update = False
		if doctype not in self._named_by_rule:
			document.name = name_in_year(document, record.call["received_at"].year)
		return document


def _with_remarks(record: Record) -> str:
	"""The resolution, and below it what the file says that no field can hold."""
	remarks = [f"{_(target)}: {text}" for target, text in record.remarks.items()]
	return "\n".join(part for part in (record.call["resolution"], *remarks) if part)


def _cleaned(values: dict) -> dict:
	"""Texts as Frappe would clean them; it does so for drafts only, and a card comes in submitted."""
	return {
		fieldname: sanitize_html(value) if isinstance(value, str) and "<" in value else value
		for fieldname, value in values.items()
	}


def name_in_year(document: Document, year: int) -> str | None:
	"""Next name in the series of `document` as it would have been in `year`; None where the series has no year.

	A call received in 2017 becomes RC-2017-00001: it does not use up this year's numbers, and taking many of
	them does not make people who register calls wait for the counter.
	"""
	series = document.get("naming_series") or get_default_naming_series(document.doctype)
	parts = (series or "").split(".")
	if "YYYY" not in parts:
		return None
	past = ".".join(str(year) if part == "YYYY" else part for part in parts)
	return make_autoname(past, document.doctype, document)


def _defaults_of(doctype: str) -> dict:
	"""Default values of a new document, looked up once for all records."""
	blank = frappe.new_doc(doctype).as_dict(no_nulls=True)
	dropped = ("name", "owner", "creation", "modified", "docstatus", "idx", "__islocal", "__unsaved")
	return {key: value for key, value in blank.items() if key not in dropped}
