import frappe
from frappe import _
from frappe.utils import cint, flt

from aftersales.core.input.document import ServiceDocument


class TechnicianGrade(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		certificates: DF.Int
		description: DF.SmallText | None
		education: DF.Literal["", "Vocational Training", "College", "Degree"]
		grade_name: DF.Data
		years_of_experience: DF.Float
	# end: auto-generated types

	"""What a technician of this grade has to bring: experience, education, certificates."""

	def validate(self):
		for fieldname in ("years_of_experience", "certificates"):
			if flt(self.get(fieldname)) < 0:
				frappe.throw(
					_("{0} ({1}) cannot be negative.").format(
						frappe.bold(_(self.meta.get_label(fieldname))), self.get(fieldname)
					)
				)
		if not (flt(self.years_of_experience) or self.education or cint(self.certificates)):
			frappe.throw(_("Enter at least one requirement of the grade."), frappe.MandatoryError)
