import frappe
from frappe import _
from frappe.utils import escape_html

from aftersales.core.input.document import ServiceDocument
from aftersales.service_staff import grades
from aftersales.service_staff.skill_rules import Skill, first_repeated


class ServiceTechnician(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.service_staff.doctype.technician_skill.technician_skill import TechnicianSkill
		from aftersales.spare_parts.doctype.van_stock_level.van_stock_level import VanStockLevel

		company: DF.Link
		cost_rate: DF.Currency
		education: DF.Literal["", "Vocational Training", "College", "Degree"]
		employee: DF.Link | None
		end_address: DF.Link | None
		grade: DF.Link | None
		grade_exception: DF.SmallText | None
		holiday_list: DF.Link | None
		in_service_since: DF.Date | None
		is_active: DF.Check
		notes: DF.SmallText | None
		order_email: DF.Data | None
		price_basis: DF.Literal["Per Visit", "Per Hour"]
		price_rate: DF.Float
		service_zone: DF.Link | None
		skills: DF.Table[TechnicianSkill]
		start_address: DF.Link | None
		supplier: DF.Link | None
		supply_warehouse: DF.Link | None
		technician_name: DF.Data
		user: DF.Link | None
		van_stock: DF.Table[VanStockLevel]
		van_warehouse: DF.Link | None
		vehicle: DF.Link | None
	# end: auto-generated types

	"""Who is sent on visits and works in the workshop: skills, certificates, van, cost (R-HR)."""

	def validate(self):
		self.validate_user_once()
		self.validate_subcontractor()
		self.check_van()
		self.validate_skills_once()
		grades.validate_grade(self)

	def validate_user_once(self):
		if not self.user:
			return
		other = frappe.db.get_value(
			"Service Technician", {"user": self.user, "name": ("!=", self.name or "")}, "name"
		)
		if other:
			frappe.throw(
				_("User {0} already belongs to technician {1}.").format(
					frappe.bold(escape_html(self.user)), frappe.bold(escape_html(other))
				),
				frappe.DuplicateEntryError,
			)

	def validate_subcontractor(self):
		"""A supplier is no employee: works by links instead of a login, and is paid as agreed instead of by the hour."""
		if not self.supplier:
			return
		for fieldname in ("employee", "user"):
			if self.get(fieldname):
				frappe.throw(
					_("{0} is a subcontractor ({1}). Remove {2}, or remove the supplier.").format(
						frappe.bold(escape_html(self.technician_name)),
						escape_html(self.supplier),
						frappe.bold(_(self.meta.get_label(fieldname))),
					)
				)
		self.cost_rate = 0

	def check_van(self):
		for fieldname in ("van_warehouse", "supply_warehouse"):
			self.check_warehouse(fieldname)

	def check_warehouse(self, fieldname: str):
		name = self.get(fieldname)
		place = name and frappe.get_cached_value(
			"Warehouse", name, ["company", "is_group", "disabled"], as_dict=True
		)
		if not place:
			return  # nothing chosen, or the link check of the framework says so
		label = _(self.meta.get_label(fieldname))
		if place.company != self.company:
			frappe.throw(
				_("{0} {1} belongs to {2}, the technician works for {3}.").format(
					label, frappe.bold(escape_html(name)), place.company, self.company
				)
			)
		if place.is_group or place.disabled:
			frappe.throw(
				_("{0} {1} is a group or disabled. Choose a warehouse for stock.").format(
					label, frappe.bold(escape_html(name))
				)
			)

	def validate_skills_once(self):
		skills = [Skill(row.item_group, row.support_kind, row.certificate) for row in self.skills]
		repeated = first_repeated(skills)
		if repeated:
			frappe.throw(
				_("Skill {0} for {1} support is listed twice. Keep the one whose certificate counts.").format(
					frappe.bold(escape_html(repeated.item_group)), _(repeated.support_kind)
				)
			)
