from aftersales.core.input.document import ServiceDocument


class ServiceStaffSettings(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.service_staff.doctype.conduct_step.conduct_step import ConductStep

		commendation_opinions: DF.Int
		conduct_months: DF.Int
		conduct_steps: DF.Table[ConductStep]
		on_justified_complaint: DF.Literal["Drafts the Next Step", "Submits the Next Step", "Changes Nothing"]
		pass_mark: DF.Float
		retraining_months: DF.Int
	# end: auto-generated types
	"""Exams and the steps that follow a justified complaint about a person."""
