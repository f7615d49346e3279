from typing import NoReturn

import frappe
from frappe import _
from frappe.utils import add_days, now_datetime

from aftersales.core.input.document import ServiceDocument


class TechnicianAct(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		answer: DF.Code | None
		digest: DF.Data | None
		done_at: DF.Datetime | None
		kind: DF.Data
		message: DF.SmallText | None
		phone: DF.Data | None
		service_voucher: DF.Link | None
		state: DF.Literal["Done", "Refused", "Conflict"]
		user: DF.Link
	# end: auto-generated types

	"""What a technician's phone has sent, under the id the phone gave it, and what was answered; written once.

	The name is the id, so that the database takes each once. Written by field_service/mobile/acts.py only.
	"""

	def validate(self) -> NoReturn:
		frappe.throw(
			_("Actions of the technician's app are written by the app only."), frappe.PermissionError
		)

	@staticmethod
	def clear_old_logs(days: int = 365) -> None:
		"""Daily, by Frappe's Log Settings: rows older than `days` go."""
		table = frappe.qb.DocType("Technician Act")
		frappe.db.delete(table, filters=(table.creation < add_days(now_datetime(), -days)))
