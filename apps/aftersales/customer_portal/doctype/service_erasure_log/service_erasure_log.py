import frappe
from frappe import _

from aftersales.core.input.document import ServiceDocument


class ServiceErasureLog(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		erased: DF.SmallText
		occasion: DF.Literal["Retention", "Request"]
		request: DF.Data | None
	# end: auto-generated types

	"""What was erased of personal data, when and why; written once."""

	def validate(self):
		if not self.is_new():
			frappe.throw(_("A log cannot be edited."), frappe.PermissionError)
