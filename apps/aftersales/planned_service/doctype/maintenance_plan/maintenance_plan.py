import frappe
from frappe import _
from frappe.utils import cint, cstr, flt, getdate

from aftersales.core import background
from aftersales.core.guards import validate_protected_fields
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import validate_call

SCOPE_FIELDS = {
	"Model": ("brand", "model"),
	"Item": ("item_code",),
	"Item Group": ("item_group",),
	"Service Contract": ("service_contract", "by_included_visits"),
	"Product": ("equipment",),
}
DECIDES_WHEN = (
	*("company", "applies_to", "brand", "model", "item_code", "item_group", "service_contract", "equipment"),
	*(
		"under_contract_only",
		"every_months",
		"by_included_visits",
		"first_after_months",
		"counting",
		"starts_on",
	),
	*("meter", "every_units", "season_from", "season_to", "days_ahead", "hours"),
)
"""Fields by which services are planned; a change of one plans those to come anew."""
CALLED_AT_ONCE = 25
"""Calls that a request makes itself; more are made by a worker."""


class MaintenancePlan(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.planned_service.doctype.maintenance_plan_part.maintenance_plan_part import (
			MaintenancePlanPart,
		)
		from aftersales.planned_service.doctype.maintenance_task.maintenance_task import MaintenanceTask

		applies_to: DF.Literal["Model", "Item", "Item Group", "Service Contract", "Product"]
		brand: DF.Data | None
		by_included_visits: DF.Check
		call_owner: DF.Link | None
		company: DF.Link
		counting: DF.Literal["Fixed Dates", "Last Service"]
		days_ahead: DF.Int
		enabled: DF.Check
		equipment: DF.Link | None
		every_months: DF.Int
		every_units: DF.Float
		external_id: DF.Data | None
		first_after_months: DF.Int
		group_days: DF.Int
		hours: DF.Float
		item_code: DF.Link | None
		item_group: DF.Link | None
		meter: DF.Data | None
		model: DF.Data | None
		parts: DF.Table[MaintenancePlanPart]
		plan_name: DF.Data
		priority: DF.Link | None
		request_type: DF.Link
		season_from: DF.Literal[
			"",
			"January",
			"February",
			"March",
			"April",
			"May",
			"June",
			"July",
			"August",
			"September",
			"October",
			"November",
			"December",
		]
		season_to: DF.Literal[
			"",
			"January",
			"February",
			"March",
			"April",
			"May",
			"June",
			"July",
			"August",
			"September",
			"October",
			"November",
			"December",
		]
		service_contract: DF.Link | None
		skill_notes: DF.SmallText | None
		starts_on: DF.Date
		subject: DF.Data | None
		support_kind: DF.Literal["", "Use", "Application"]
		tasks: DF.Table[MaintenanceTask]
		under_contract_only: DF.Check
		window_days: DF.Int
	# end: auto-generated types

	"""Which products are served how often, with which work and parts; planned once a night."""

	def validate(self):
		validate_protected_fields(self, ("external_id",))
		self.clear_other_scopes()
		self.validate_scope()
		self.validate_rhythm()
		self.validate_season()
		self.hours = sum(flt(row.hours) for row in self.tasks)

	def clear_other_scopes(self):
		for scope, fields in SCOPE_FIELDS.items():
			if scope != self.applies_to:
				self.update(dict.fromkeys(fields))

	def validate_scope(self):
		fieldname = SCOPE_FIELDS[self.applies_to][-1 if self.applies_to == "Model" else 0]
		if not self.get(fieldname):
			frappe.throw(
				_("Enter {0}: the plan applies to {1}.").format(
					frappe.bold(_(self.meta.get_label(fieldname))), _(self.applies_to)
				),
				frappe.MandatoryError,
			)

	def validate_rhythm(self):
		if self.meter and flt(self.every_units) <= 0:
			frappe.throw(
				_("Enter {0}: after how many units of {1} is the service due?").format(
					frappe.bold(_("Every (units of the meter)")), frappe.utils.escape_html(self.meter)
				),
				frappe.MandatoryError,
			)
		if not cint(self.every_months) and not self.meter and not self.by_included_visits:
			frappe.throw(
				_("Enter {0} or a {1}: when is the service due?").format(
					frappe.bold(_("Every (months)")), frappe.bold(_("Meter", context="After-sales"))
				),
				frappe.MandatoryError,
			)
		if cint(self.every_months) > 600:
			frappe.throw(_("{0} cannot be more than 600.").format(frappe.bold(_("Every (months)"))))

	def validate_season(self):
		if bool(self.season_from) != bool(self.season_to):
			frappe.throw(
				_("Enter both {0} and {1}.").format(
					frappe.bold(_("Season from")), frappe.bold(_("Season to"))
				),
				frappe.MandatoryError,
			)

	def on_update(self):
		self.plan_anew()

	def plan_anew(self):
		"""Services to come were planned by what the plan said before: they are planned again in the coming night."""
		before = self.get_doc_before_save()
		if not before or all(_same(before.get(field), self.get(field)) for field in DECIDES_WHEN):
			return
		waiting = {"plan": self.name, "status": "Planned"}
		count = frappe.db.count("Planned Service", waiting)
		if not count:
			return
		frappe.db.delete("Planned Service", waiting)
		frappe.msgprint(
			_(
				"{0} services that were planned and not called are planned anew by the changed plan, tonight or by Plan Now."
			).format(count),
			alert=True,
		)

	def on_trash(self):
		"""Services that were only planned go with their plan; called ones keep it."""
		frappe.db.delete("Planned Service", {"plan": self.name, "status": "Planned"})

	@frappe.whitelist(methods=["POST"])
	@validate_call
	def plan_now(self) -> dict:
		"""Plan and call what is due without waiting for the night.

		Returns:
			planned: services planned; due: calls of this plan that are due; made in the background when they are many.
		"""
		from aftersales.planned_service import calling, planning

		self.check_permission("write")
		if not self.enabled:
			frappe.throw(_("Tick {0} first.").format(frappe.bold(_("Enabled"))))
		planned = planning.plan_services(self, getdate())
		due = frappe.db.count(
			"Planned Service", {"plan": self.name, "status": "Planned", "call_on": ("<=", getdate())}
		)
		if due > CALLED_AT_ONCE:
			background.push(
				calling.call_plan, job_id=f"maintenance-plan::{self.name}", queue="long", plan=self.name
			)
			return {"planned": planned, "called": 0, "waiting": due}
		return {"planned": planned, "called": calling.call_due(plan=self.name), "waiting": 0}


def _same(one, other) -> bool:
	"""Equal as stored: nothing and an empty text are one value, as are a day and its text."""
	if isinstance(one, float) or isinstance(other, float):
		return flt(one, 6) == flt(other, 6)
	return cstr(one or "") == cstr(other or "")
