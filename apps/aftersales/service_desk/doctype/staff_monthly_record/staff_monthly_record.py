import frappe
from frappe import _
from frappe.utils import now_datetime

from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import validate_call
from aftersales.core.roles import SUPERVISORS


class StaffMonthlyRecord(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.service_desk.doctype.staff_figure.staff_figure import StaffFigure

		answer: DF.SmallText | None
		company: DF.Link | None
		confirmed_at: DF.Datetime | None
		entry_key: DF.Data | None
		figures: DF.Table[StaffFigure]
		leader: DF.Link | None
		leader_confirmed_at: DF.Datetime | None
		month: DF.Date
		person_name: DF.Data | None
		published_at: DF.Datetime | None
		technician: DF.Link | None
		user: DF.Link
	# end: auto-generated types

	"""What somebody did in a month: written by the system, read and confirmed by the person and the leader."""

	def validate(self):
		if not self.flags.by_system:
			frappe.throw(
				_("{0} is written by the system and cannot be edited.").format(_(self.doctype)),
				frappe.PermissionError,
			)

	@frappe.whitelist(methods=["POST"])
	@validate_call
	def confirm(self, answer: str | None = None) -> None:
		"""The person has read the record, with an answer or without. Confirming again changes nothing.

		Raises:
			frappe.PermissionError: the user is not the person.
		"""
		if self.user != frappe.session.user:
			frappe.throw(
				_("Only {0} can confirm this record.").format(frappe.bold(self.user)), frappe.PermissionError
			)
		if not frappe.db.get_value(self.doctype, self.name, "confirmed_at", for_update=True):
			self.db_set({"confirmed_at": now_datetime(), "answer": (answer or "").strip() or None})

	@frappe.whitelist(methods=["POST"])
	@validate_call
	def confirm_as_leader(self) -> None:
		"""A leader has seen the record, never one's own.

		Raises:
			frappe.PermissionError: the user does not lead the service, or it is the user's own record.
		"""
		if self.user == frappe.session.user or not (
			self.leader == frappe.session.user or set(SUPERVISORS) & set(frappe.get_roles())
		):
			frappe.throw(_("Only a leader can confirm this record."), frappe.PermissionError)
		if not frappe.db.get_value(self.doctype, self.name, "leader_confirmed_at", for_update=True):
			self.db_set("leader_confirmed_at", now_datetime())
