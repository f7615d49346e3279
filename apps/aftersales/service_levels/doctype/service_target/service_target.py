import frappe
from frappe import _
from frappe.utils import cint, cstr, escape_html

from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import validate_call
from aftersales.service_levels import clocks, targets
from aftersales.service_levels.target_rules import specificity

STATUS_FIELDS = ("start_status", "stop_status", "pause_status", "cancel_status")
FIELD_FIELDS = ("start_field", "stop_field", "due_field")
TIME_TYPES = ("Datetime", "Date")


class ServiceTarget(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.service_levels.doctype.service_target_step.service_target_step import (
			ServiceTargetStep,
		)

		business_days: DF.Int
		calendar: DF.Link
		cancel_status: DF.SmallText | None
		condition: DF.Code | None
		customer: DF.Link | None
		disabled_reason: DF.SmallText | None
		document_type: DF.Link
		due_field: DF.Data | None
		enabled: DF.Check
		for_company: DF.Link | None
		for_customer_group: DF.Link | None
		measure: DF.Data
		pause_status: DF.SmallText | None
		priority: DF.Link | None
		request_type: DF.Link | None
		service_contract: DF.Link | None
		service_zone: DF.Link | None
		specificity: DF.Int
		start_field: DF.Data | None
		start_status: DF.SmallText | None
		steps: DF.Table[ServiceTargetStep]
		stop_field: DF.Data | None
		stop_status: DF.SmallText | None
		target_name: DF.Data
		time_allowed: DF.Duration | None
		until_end_of_day: DF.Check

	# end: auto-generated types

	def validate(self) -> None:
		self.check_time_allowed()
		self.check_statuses()
		self.check_fields()
		self.check_start_and_stop()
		self.check_condition()
		self.check_steps()
		self.specificity = specificity(targets.conditions_of(self))
		if self.enabled:
			self.disabled_reason = None

	def on_update(self) -> None:
		targets.clear_cache()

		self.tell_of_running_clocks()

	def on_trash(self) -> None:
		targets.clear_cache()

	def tell_of_running_clocks(self) -> None:
		"""A target that is switched off starts no clock; those that run go on until somebody ends them."""
		if self.enabled or self.is_new() or not self.has_value_changed("enabled"):
			return
		if running := clocks.open_clocks_of(self.name):
			frappe.msgprint(
				_("{0} clocks of this target run on. Use the button {1} to end them.").format(
					len(running), frappe.bold(_("End Running Clocks"))
				),
				indicator="orange",
				alert=True,
			)

	@frappe.whitelist(methods=["POST"])
	@validate_call
	def end_clocks(self) -> int:
		"""End the clocks of a target that is switched off: neither met nor missed. Returns how many.

		Raises:
			frappe.PermissionError: the user may not write targets.
			frappe.ValidationError: the target is switched on.
		"""
		self.check_permission("write")
		if frappe.db.get_value("Service Target", self.name, "enabled", for_update=True):
			frappe.throw(
				_("{0} is enabled. Disable it before ending its clocks.").format(frappe.bold(self.name))
			)
		return clocks.end_all(self.name)

	@frappe.whitelist()
	@validate_call
	def count_running_clocks(self) -> int:
		"""Open clocks of this target, for the form. Raises frappe.PermissionError."""
		self.check_permission("read")
		return len(clocks.open_clocks_of(self.name))

	def check_time_allowed(self) -> None:
		if self.until_end_of_day and self.due_field:
			self._refuse("due_field", self.due_field, _("it cannot go with a business day"))
		if self.until_end_of_day or self.due_field:
			self.time_allowed = 0
		elif cint(self.time_allowed) <= 0:
			self._refuse("time_allowed", self.time_allowed, _("more than zero is needed"))

	def check_statuses(self) -> None:
		"""Only canonical statuses: a workflow state of the administrator maps to one of them."""
		field = frappe.get_meta(self.document_type).get_field("status")
		known = cstr(field.options).split("\n") if field and field.fieldtype == "Select" else None
		for fieldname in STATUS_FIELDS:
			for status in targets.lines(self.get(fieldname)):
				if known is None and fieldname == "cancel_status":
					self.cancel_status = None
				elif known is None:
					self._refuse(fieldname, status, _("{0} has no status").format(_(self.document_type)))
				elif status not in known and fieldname == "cancel_status" and self.is_new():
					self.cancel_status = None
				elif status not in known:
					self._refuse(
						fieldname,
						status,
						_("choose from {0}").format(", ".join(part for part in known if part)),
					)

	def check_fields(self) -> None:
		meta = frappe.get_meta(self.document_type)
		for fieldname in FIELD_FIELDS:
			value = self.get(fieldname)
			if not value or value in ("creation", "modified"):
				continue
			if not meta.has_field(value):
				self._refuse(fieldname, value, _("{0} has no such field").format(_(self.document_type)))
			if (
				fieldname in ("start_field", "due_field")
				and meta.get_field(value).fieldtype not in TIME_TYPES
			):
				self._refuse(fieldname, value, _("a date or datetime field is needed"))
		for step in self.steps:
			if step.notify_field and not meta.has_field(step.notify_field):
				frappe.throw(
					_("Step {0}: {1} has no field {2}.").format(
						step.idx, _(self.document_type), escape_html(step.notify_field)
					)
				)

	def check_start_and_stop(self) -> None:
		stops = set(targets.lines(self.stop_status))
		if not stops and not self.stop_field:
			frappe.throw(
				_("Enter when the clock stops: {0} or {1}.").format(
					_("Stops when Field is Set"), _("Stops on Status")
				)
			)
		if self.stop_field and self.stop_field == self.start_field and not self.start_status:
			self._refuse("stop_field", self.stop_field, _("the clock would stop when it starts"))
		for fieldname in ("start_status", "pause_status", "cancel_status"):
			both = stops & set(targets.lines(self.get(fieldname)))
			if both:
				self._refuse(
					fieldname, ", ".join(sorted(both)), _("it is in {0} too").format(_("Stops on Status"))
				)

	def check_condition(self) -> None:
		"""A condition must run on a new document of the type."""
		if not self.condition:
			return
		try:
			targets.evaluate(self.condition, frappe.new_doc(self.document_type))
		except Exception as error:
			self._refuse("condition", self.condition, cstr(error))

	def check_steps(self) -> None:
		for step in self.steps:
			if step.moment == "Percent of Time" and not 0 < cint(step.percent) <= 1000:
				frappe.throw(_("Step {0}: set a percent between 1 and 1000.").format(step.idx))
			if step.moment != "Percent of Time" and not cint(step.minutes) and step.moment == "Before Due":
				frappe.throw(_("Step {0}: set how many minutes before the due time.").format(step.idx))
			if cint(step.times) > 1 and not cint(step.repeat_minutes):
				frappe.throw(_("Step {0}: set after how many minutes it is repeated.").format(step.idx))

	def _refuse(self, fieldname: str, value, why: str) -> None:
		frappe.throw(
			_("{0} ({1}): {2}.").format(
				frappe.bold(_(self.meta.get_label(fieldname))), escape_html(cstr(value)), why
			),
			title=_("Target cannot be used"),
		)
