from aftersales.core.input.document import ServiceDocument


class TechnicianPhone(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		device: DF.Data | None
		last_seen: DF.Datetime | None
		unsent: DF.Int
		user: DF.Link
		version: DF.Data | None
		wipe: DF.Check
		wiped_at: DF.Datetime | None
	# end: auto-generated types

	"""A phone that has the technician's app with data of one user; named by the number the app gave itself.

	Written by field_service/mobile/phones.py; an administrator sets `wipe`.
	"""
