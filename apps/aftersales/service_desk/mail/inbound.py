"""A mail that comes in: which call it is about, or that it opens one, or nothing.

Frappe finds the document of a mail by In-Reply-To, and failing that by a subject that looks alike. Here the
thread is found by all its headers and by our reference in the subject, and never by likeness. What no person has
written opens nothing, moves nothing, and is answered by nothing.
"""

import io
import mimetypes

import frappe
from frappe.email.receive import InboundMail
from frappe.model.document import Document
from frappe.utils import get_datetime, get_url
from PIL import Image

from aftersales.core.controllers import extended
from aftersales.service_calls import answer_rules, answers
from aftersales.service_desk.mail import bounces, correspondents, mail_rules, unplaced
from aftersales.service_setup.settings import aftersales_settings

CALL = "Repair Call"
DAMAGED = ".damaged"
"""Ending of the name of an attachment that says to be a picture and is none."""


class ServiceMail(InboundMail):
	"""InboundMail of the site's accounts; those that open calls are told by *Append To*."""

	@classmethod
	def of(cls, mail: InboundMail) -> "ServiceMail":
		"""The same mail, parsed already; what another app's class adds to it stays."""
		kind = extended(cls, type(mail), cls.__name__)
		ours = kind.__new__(kind)
		ours.__dict__.update(mail.__dict__)
		return ours

	def process(self) -> Document:
		communication = super().process()
		if self.verdict.kind == mail_rules.BOUNCE:
			bounces.note(self.mail, communication)
		if not self.verdict.by_person and self._is_ours(communication):
			# Frappe answers what is new, by an auto reply and by notices to all who have had a part in it
			self.flags.is_new_communication = False
		return communication

	@property
	def verdict(self) -> mail_rules.Verdict:
		if "_verdict" not in self.__dict__:
			self._verdict = mail_rules.verdict(self.mail, correspondents.own_addresses(), get_url())
		return self._verdict

	@property
	def opens_calls(self) -> bool:
		account = self.email_account
		return (self.append_to if account.use_imap else account.append_to) == CALL

	def as_dict(self) -> dict:
		told = super().as_dict()
		if not self.verdict.by_person and (self.opens_calls or self._is_about_call()):
			told["communication_type"] = "Automated Message"
		return told

	def reference_document(self) -> Document | str:
		if self._reference_document is None:
			found = self._find_document()
			if found and found.doctype == CALL and self._asks_for_new_call(found):
				found = self._call_after(found)
			if not found and not self.opens_calls:
				return super().reference_document()
			self._reference_document = found or ""
		return self._reference_document

	def _find_document(self) -> Document | None:
		ids = mail_rules.thread_ids(self.mail)
		if self.verdict.kind == mail_rules.BOUNCE:
			ids = mail_rules.returned_ids(self.mail)
		return _by_ids(ids) or _by_name(mail_rules.names_in(self.subject))

	def _is_about_call(self) -> bool:
		document = self.reference_document()
		return bool(document and document.doctype == CALL)

	def _is_ours(self, communication: Document) -> bool:
		return self.opens_calls or communication.reference_doctype == CALL

	def _asks_for_new_call(self, call: Document) -> bool:
		if not self.verdict.by_person or not self.from_email:
			return False
		if correspondents.staff([self.from_email]) and not _is_contact(call, self.from_email):
			return False
		return answers.what_follows(call.name) == answer_rules.NEW

	def _call_after(self, call: Document) -> Document:
		contact = {"contact_email": self.from_email, "contact_name": self.from_real_name or None}
		if _is_contact(call, self.from_email):
			contact |= {"contact_name": call.contact_name, "contact_phone": call.contact_phone}
		subject = frappe.as_unicode(self.subject)[:140]
		return frappe.get_doc(CALL, answers.open_after(call.name, subject, contact, get_datetime(self.date)))

	def _create_reference_document(self, doctype: str) -> str | None:
		if doctype != CALL:
			return super()._create_reference_document(doctype)
		if not self.verdict.by_person or correspondents.staff([self.from_email]):
			return None
		customers = correspondents.customers_of(self.from_email)
		if len(customers) == 1 or (
			not customers and self.from_email and aftersales_settings().unknown_sender_customer
		):
			return super()._create_reference_document(doctype)
		self.flags.possible_customers = customers
		return None

	def save_attachments_in_doc(self, doc: Document) -> list:
		"""A picture that is cut off is kept as a file: as a picture Frappe refuses it, and the mail with it."""
		for attachment in self.attachments:
			kind = mimetypes.guess_type(attachment["fname"])[0] or attachment["content_type"] or ""
			if kind.startswith("image/") and not _is_picture(attachment["fcontent"]):
				attachment["fname"] += DAMAGED
		return super().save_attachments_in_doc(doc)

	def _build_communication_doc(self) -> Document:
		communication = super()._build_communication_doc()
		if self.opens_calls and self.verdict.by_person and not communication.reference_name:
			unplaced.tell(communication, self.flags.possible_customers or ())
		return communication


def _is_picture(content: bytes) -> bool:
	try:
		Image.open(io.BytesIO(content)).verify()
	except Exception:  # what Pillow raises depends on the format and on what is wrong
		return False
	return True


def _is_contact(call: Document, address: str) -> bool:
	return (call.contact_email or "").lower() == address.lower()


def _by_ids(ids: list[str]) -> Document | None:
	"""The document of the latest message of a thread that has one."""
	for doctype in ("Communication", "Email Queue") if ids else ():
		rows = frappe.get_all(
			doctype,
			filters={"message_id": ("in", ids), "reference_name": ("is", "set")},
			fields=["message_id", "reference_doctype", "reference_name"],
			order_by="creation desc",
		)
		for row in sorted(rows, key=lambda row: ids.index(row.message_id)):
			if frappe.db.exists(row.reference_doctype, row.reference_name):
				return frappe.get_doc(row.reference_doctype, row.reference_name)
	return None


def _by_name(names: list[str]) -> Document | None:
	"""The call that is named in a subject: our messages name it, and so does whoever quotes it on the phone."""
	found = frappe.get_all(CALL, {"name": ("in", names)}, pluck="name", limit=1) if names else []
	return frappe.get_doc(CALL, found[0]) if found else None
