from typing import NoReturn

import frappe
from frappe import _
from frappe.utils import add_days, now_datetime

from aftersales.core.input.document import ServiceDocument


class TechnicianUpload(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		content: DF.LongText | None
		digest: DF.Data
		file: DF.Link | None
		received: DF.Int
		service_voucher: DF.Link
		size: DF.Int
		user: DF.Link
	# end: auto-generated types

	"""A photo on its way from a technician's phone, piece by piece; one of each content on a visit.

	Written by field_service/mobile/photos.py only.
	"""

	def validate(self) -> NoReturn:
		frappe.throw(_("Photos of the technician's app are written by the app only."), frappe.PermissionError)

	@staticmethod
	def clear_old_logs(days: int = 365) -> None:
		"""Daily, by Frappe's Log Settings: rows older than `days` go."""
		table = frappe.qb.DocType("Technician Upload")
		frappe.db.delete(table, filters=(table.creation < add_days(now_datetime(), -days)))
