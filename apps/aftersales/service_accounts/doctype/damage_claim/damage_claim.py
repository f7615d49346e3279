from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import flt, fmt_money

from aftersales.core.guards import (
	has_any_role,
	privileged,
	require_role,
	require_value,
	reset_on_amend,
	set_protected_values,
	validate_link_exists,
	validate_protected_fields,
	validate_unchanged_on_cancel,
)
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import validate_call
from aftersales.core.job_types import CARD, VISIT
from aftersales.core.money import rounded
from aftersales.core.roles import ACCOUNTANTS
from aftersales.service_accounts import damage
from aftersales.service_accounts.damage_rules import ON_THE_SPOT, our_share
from aftersales.service_billing import journal
from aftersales.service_calls import jobs
from aftersales.service_setup.settings import aftersales_settings
from aftersales.service_staff.technicians import technicians_of_user

FIELDS_OF_RECORD = ("status", "journal_entry", "settled_by")
FOR_SUPERVISORS = ("maker_share", "insurer_share", "damage_account")
"""What a technician who settles on the spot leaves empty: others would pay, or another account would bear it."""
TECHNICIAN_OF = {VISIT: "technician", CARD: "assigned_technician"}


class DamageClaim(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.service_accounts.doctype.damage_item.damage_item import DamageItem
		from aftersales.service_accounts.doctype.damage_photo.damage_photo import DamagePhoto

		amended_from: DF.Link | None
		cause: DF.Literal["", "Our Work", "Maker", "Carrier", "Customer", "Not Known"]
		company: DF.Link
		cost_center: DF.Link | None
		customer: DF.Link
		customer_name: DF.Data | None
		customer_signature: DF.Signature | None
		damage_account: DF.Link | None
		damage_amount: DF.Currency
		equipment: DF.Link | None
		incident: DF.SmallText
		incident_at: DF.Datetime
		insurer: DF.Link | None
		insurer_reference: DF.Data | None
		insurer_share: DF.Currency
		items: DF.Table[DamageItem]
		job: DF.DynamicLink | None
		job_type: DF.Literal["", "Service Voucher", "Repair Card"]
		journal_entry: DF.Link | None
		maker: DF.Link | None
		maker_share: DF.Currency
		mode_of_payment: DF.Link | None
		naming_series: DF.Literal["DC-.YYYY.-.#####"]
		no_photo_reason: DF.Data | None
		our_share: DF.Currency
		photos: DF.Table[DamagePhoto]
		posting_date: DF.Date
		repair_call: DF.Link | None
		reported_by: DF.Data | None
		settled_amount: DF.Currency
		settled_by: DF.Link | None
		settlement: DF.Literal["Credit to the Customer", "Paid on the Spot", "Repaired by Us"]
		signed_by: DF.Data | None
		status: DF.Literal["Draft", "Settled", "Cancelled"]
	# end: auto-generated types

	"""Damage we or somebody else did at a customer's: what it is, who bears it, how it is settled (R-AC-7)."""

	def before_insert(self):
		reset_on_amend(self)

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.take_values_from_job()
		validate_link_exists(self, "customer")
		self.add_up()
		self.check_shares()

	def before_submit(self):
		self.require_evidence()
		self.check_right_to_settle()
		self.check_spot()
		set_protected_values(self, status="Settled", settled_by=frappe.session.user)

	def on_submit(self):
		self.db_set("journal_entry", damage.book(self))

	def before_update_after_submit(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)

	def before_cancel(self):
		validate_unchanged_on_cancel(self)
		require_role(ACCOUNTANTS, _("Taking a settlement back"))
		set_protected_values(self, status="Cancelled")

	def on_cancel(self):
		journal.take_back(self.journal_entry)
		self.db_set("journal_entry", None)  # or an amendment would name what is cancelled

	# ------------------------------------------------------------------ actions

	@frappe.whitelist(methods=["POST"])
	@validate_call
	def settle_on_the_spot(self) -> None:
		"""A technician settles a small damage on an own job: what they entered, paid on the spot, with photos.

		Raises:
			frappe.PermissionError: the claim is somebody else's, or not about an own job.
			frappe.ValidationError: above the limit for technicians, or something is missing.
		"""
		# What is stored is settled, not what a form has sent along
		stored = frappe.get_doc(self.doctype, self.name, for_update=True)
		stored.check_permission("read")
		technician = stored.job and frappe.db.get_value(
			stored.job_type, stored.job, TECHNICIAN_OF[stored.job_type], for_update=True
		)
		if stored.owner != frappe.session.user or technician not in technicians_of_user(frappe.session.user):
			frappe.throw(
				_("Only the technician of the job can settle a damage on the spot."), frappe.PermissionError
			)
		if stored.settlement != ON_THE_SPOT or not stored.photos:
			frappe.throw(_("Choose {0} and attach photos of the damage.").format(frappe.bold(_(ON_THE_SPOT))))
		for fieldname in (field for field in FOR_SUPERVISORS if stored.get(field)):
			frappe.throw(
				_("{0} is set by a supervisor. Clear it, or ask a supervisor to settle the damage.").format(
					frappe.bold(_(stored.meta.get_label(fieldname)))
				),
				frappe.PermissionError,
			)
		limit = flt(aftersales_settings().damage_technician_limit)
		agreed = rounded(flt(stored.settled_amount) + stored.settled_on_job())
		if agreed > limit:
			frappe.throw(
				_("{0} is agreed, but a technician settles {1} at most. Ask a supervisor.").format(
					stored.money(agreed), stored.money(limit)
				),
				title=_("Above the Limit"),
			)
		privileged(stored).submit()

	def settled_on_job(self) -> float:
		"""What was paid on the spot for other claims about the same job: a damage in two claims is not a small one.

		A locking read; whoever asks holds the job.
		"""
		others = {
			**{"job_type": self.job_type, "job": self.job, "settlement": ON_THE_SPOT},
			**{"docstatus": 1, "name": ("!=", self.name)},
		}
		amounts = frappe.db.get_values(
			self.doctype, others, "settled_amount", pluck=True, for_update=True, order_by="name asc"
		)
		return sum(flt(amount) for amount in amounts)

	# ------------------------------------------------------------------ steps of validate

	def take_values_from_job(self):
		"""A claim about a job is of the job's customer and company."""
		if not self.job:
			return
		job = frappe.db.get_value(
			self.job_type, self.job, ["customer", "company", "repair_call", "equipment"], as_dict=True
		)
		for fieldname in ("customer", "company"):
			if job and job[fieldname] and job[fieldname] != self.get(fieldname):
				frappe.throw(
					_("{0} {1} differs from that of {2} ({3}).").format(
						_(self.meta.get_label(fieldname)),
						frappe.bold(frappe.utils.escape_html(self.get(fieldname) or "-")),
						frappe.bold(self.job),
						frappe.bold(frappe.utils.escape_html(job[fieldname])),
					)
				)
		if job:
			self.repair_call = self.repair_call or job.repair_call
			self.equipment = self.equipment or job.equipment

	def add_up(self):
		self.damage_amount = rounded(sum(flt(row.amount) for row in self.items))
		if not flt(self.settled_amount):
			self.settled_amount = self.damage_amount
		self.our_share = flt(our_share(damage.shares_of(self)))

	def check_shares(self):
		if flt(self.settled_amount) > flt(self.damage_amount):
			frappe.throw(
				_("{0} is agreed, but the damage is {1}.").format(
					self.money(self.settled_amount), self.money(self.damage_amount)
				)
			)
		if flt(self.our_share) < 0:
			frappe.throw(
				_("Maker and insurer bear {0}, but only {1} is settled.").format(
					self.money(flt(self.maker_share) + flt(self.insurer_share)),
					self.money(self.settled_amount),
				)
			)
		for fieldname in ("maker", "insurer"):
			if flt(self.get(f"{fieldname}_share")):
				require_value(self, fieldname, _("Choose who bears this share."))

	# ------------------------------------------------------------------ steps of submit

	def require_evidence(self):
		if not self.photos:
			require_value(
				self, "no_photo_reason", _("Attach photos of the damage or enter why there are none.")
			)
		if not flt(self.settled_amount):
			frappe.throw(_("{0} is required: there is no amount to settle.").format(frappe.bold(_("Damage"))))

	def check_right_to_settle(self):
		if self.settlement != ON_THE_SPOT and not has_any_role(ACCOUNTANTS):
			require_role(ACCOUNTANTS, _("Settling a damage other than on the spot"))

	def check_spot(self):
		if self.settlement != ON_THE_SPOT:
			return
		require_value(self, "mode_of_payment", _("Choose how the customer was paid."))
		require_value(self, "signed_by", _("Enter the name of the person who took the money."))
		limit = flt(aftersales_settings().damage_spot_limit)
		if flt(self.settled_amount) > limit:
			frappe.throw(
				_(
					"{0} is agreed, but at most {1} may be paid on the spot (Damage Settled on the Spot up to, in Aftersales Settings). Settle it by credit."
				).format(self.money(self.settled_amount), self.money(limit)),
				title=_("Above the Limit"),
			)

	def money(self, amount: float) -> str:
		return fmt_money(
			amount, currency=frappe.get_cached_value("Company", self.company, "default_currency")
		)
