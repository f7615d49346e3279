import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, comma_and, escape_html, get_datetime, get_link_to_form, now_datetime

from aftersales.core.guards import (
	previous_status,
	require_role,
	require_value,
	require_values,
	reset_on_amend,
	set_protected_values,
	status_changed_to,
	validate_link_exists,
	validate_not_in_future,
	validate_protected_fields,
	validate_unchanged_on_cancel,
)
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import Names, validate_call
from aftersales.core.roles import SUPERVISORS
from aftersales.customer_goods import custody, loaners, status_flow
from aftersales.customer_goods.custody_rules import (
	ISSUED,
	NEXT_STATES,
	RECOVERED,
	VOIDED,
	Accessory,
	Return,
	kept_back,
	missing_for_recovery,
)
from aftersales.service_calls import jobs
from aftersales.service_levels import workflow_states
from aftersales.service_setup.settings import aftersales_settings

FIELDS_OF_RECORD = ("lost_declaration", "lost_declared_by", "returned_by")

FIELDS_OF_RETURN = ("returned_at", "return_notes", "return_signature", "return_signed_by")
"""What the customer signed at return: fixed once the receipt is recovered."""


class CollectionReceipt(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.customer_goods.doctype.collected_accessory.collected_accessory import (
			CollectedAccessory,
		)
		from aftersales.customer_goods.doctype.custody_move.custody_move import CustodyMove
		from aftersales.customer_goods.doctype.custody_photo.custody_photo import CustodyPhoto

		accessories: DF.Table[CollectedAccessory]
		amended_from: DF.Link | None
		company: DF.Link
		condition: DF.SmallText
		customer: DF.Link | None
		customer_group: DF.Link | None
		customer_name: DF.Data | None
		equipment: DF.Link | None
		fault_as_told: DF.SmallText | None
		loaner: DF.Literal["", "Issued", "Declined"]
		loaner_issue: DF.Link | None
		location: DF.Data | None
		lost_declaration: DF.SmallText | None
		lost_declared_by: DF.Link | None
		moves: DF.Table[CustodyMove]
		naming_series: DF.Literal["CR-.YYYY.-.#####"]
		photo_1: DF.AttachImage | None
		photo_2: DF.AttachImage | None
		photos: DF.Table[CustodyPhoto]
		received_at: DF.Datetime
		received_by: DF.Link | None
		repair_call: DF.Link | None
		return_notes: DF.SmallText | None
		return_signed_by: DF.Data | None
		returned_at: DF.Datetime | None
		returned_by: DF.Link | None
		service_voucher: DF.Link | None
		signed_by: DF.Data | None
		status: DF.Literal["Draft", "Issued", "Recovered", "Voided", "Cancelled"]
		territory: DF.Link | None
		unsigned_reason: DF.SmallText | None
		workflow_state: DF.Link | None
	# end: auto-generated types

	"""A customer's product in our hands: taken in, recovered, voided (R-WS-1)."""

	def before_insert(self):
		reset_on_amend(self)

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.begin_without_return()
		self.validate_moves()
		status_flow.validate_draft_state(self)
		call = jobs.take_values_from_call(self)
		self.require_owner()
		jobs.check_equipment_owner(self)
		jobs.check_call_is_open(self, call)

	def before_submit(self):
		validate_not_in_future(self, "received_at")
		self.require_handover_signature()
		self.require_loaner_decision()
		self.validate_single_receipt()
		self.status = ISSUED
		self.log_move()

	def on_submit(self):
		if self.location:
			jobs.note(self, _("Taken in to {0}").format(escape_html(self.location)))
		jobs.write_notes(self)

	def before_update_after_submit(self):
		workflow_states.sync_status_from_workflow(self)
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.validate_moves()
		self.validate_accessories()
		self.validate_photos()
		self.validate_signed_values()
		status_flow.validate_step_order(self, NEXT_STATES)
		self.recover_product()
		self.note_move()

	def on_update_after_submit(self):
		jobs.write_notes(self)

	def before_cancel(self):
		validate_unchanged_on_cancel(self)
		self.validate_accessories()
		self.status = "Cancelled"

	# ------------------------------------------------------------------ actions

	@frappe.whitelist()
	@validate_call
	def move(self, location: str) -> None:
		"""Note where the product is now.

		Raises:
			frappe.MandatoryError: no location.
		"""
		self.check_permission("write")
		if not (location or "").strip():
			frappe.throw(_("Enter where the product is now."), frappe.MandatoryError)
		self.location = location.strip()
		self.save()

	@frappe.whitelist()
	@validate_call
	def recover(
		self,
		signed_by: str,
		signature: str,
		notes: str | None = None,
		kept_back: Names | None = None,
	) -> None:
		"""Give the product back against the customer's signature: Issued → Recovered.

		Args:
			signed_by: who took it.
			signature: image of the signature (data URL).
			notes: needed when an accessory does not go back.
			kept_back: row names of accessories that do not go back; all others count as returned.

		Raises:
			frappe.MandatoryError: a signature is missing, or an accessory is kept back without notes.
		"""
		self.check_permission("write")
		missing = set(frappe.parse_json(kept_back) or []) if kept_back else set()
		for row in self.accessories:
			row.returned = 0 if row.name in missing else 1
		self.return_signed_by = signed_by
		self.return_signature = signature
		if notes:
			self.return_notes = notes
		self.status = RECOVERED
		self.save()

	@frappe.whitelist()
	@validate_call
	def declare_lost(self, reason: str) -> None:
		"""The product is back with the customer, but their copy of the receipt is lost: → Recovered.

		Raises:
			frappe.PermissionError: the user is no supervisor.
			frappe.MandatoryError: no reason.
		"""
		self.check_permission("write")
		require_role(SUPERVISORS, _("Declaring a receipt lost"))
		if not (reason or "").strip():
			frappe.throw(_("Enter how the receipt was lost and who took the product."), frappe.MandatoryError)
		set_protected_values(self, lost_declaration=reason.strip(), lost_declared_by=frappe.session.user)
		self.status = RECOVERED
		self.save()

	@frappe.whitelist()
	@validate_call
	def void(self) -> None:
		"""The receipt taken back is destroyed: Recovered → Voided."""
		self.check_permission("write")
		self.status = VOIDED
		self.save()

	# ------------------------------------------------------------------ steps

	def begin_without_return(self):
		"""The desk copies everything into an amendment, but a return is signed anew."""
		if not self.is_new():
			return
		validate_protected_fields(self, FIELDS_OF_RETURN)
		for row in self.accessories:
			row.returned = 0
		for row in self.photos:
			row.at_return = 0

	def require_owner(self):
		require_value(self, "customer", _("Choose the customer whose product it is."))
		validate_link_exists(self, "customer")

	def require_handover_signature(self):
		why = {"condition": _("Describe the condition of the product.")}
		if not (self.unsigned_reason or "").strip() or self.customer_signature:
			reason = frappe.bold(_(self.meta.get_label("unsigned_reason")))
			why.update(
				customer_signature=_(
					"Capture the customer's signature for what was handed over, or fill in {0}."
				).format(reason),
				signed_by=_("Enter who signed."),
			)
		require_values(self, why)

	def require_loaner_decision(self):
		"""Before a product leaves its place a loaner stands there, or the customer declined one (R-WS-3)."""
		lent = loaners.outstanding_of_call(self.repair_call) if self.repair_call else []
		if lent and not self.loaner:
			self.update({"loaner": "Issued", "loaner_issue": lent[0]})
		if self.loaner == "Issued" and not self.loaner_issue and lent:
			self.loaner_issue = lent[0]
		if self.loaner == "Issued" and self.loaner_issue not in lent:
			frappe.throw(
				_("{0}: {1} is not a loaner that this call's customer has. Issue the loaner first.").format(
					frappe.bold(_(self.meta.get_label("loaner_issue"))), escape_html(self.loaner_issue or "-")
				),
				title=_("Loaner Missing"),
			)
		if self.service_voucher and cint(aftersales_settings().loaner_before_removal):
			require_value(
				self,
				"loaner",
				_(
					"Issue a loaner before the product is taken along, or note that the customer declines one."
				),
			)

	def validate_single_receipt(self):
		if not self.equipment:
			return
		# The lock makes two simultaneous submits wait for each other.
		frappe.db.get_value("Customer Equipment", self.equipment, "name", for_update=True)
		others = [name for name in custody.issued_receipts_of_equipment(self.equipment) if name != self.name]
		if others:
			frappe.throw(
				_("{0} is already in our custody: see {1}.").format(
					frappe.bold(self.equipment), get_link_to_form("Collection Receipt", others[0])
				),
				title=_("Already Collected"),
			)

	def validate_moves(self):
		"""Where the product has been is written by the app: rows sent by a client have to be the stored ones."""
		before = self.get_doc_before_save()
		stored = (
			[(row.name, row.location, row.moved_at, row.moved_by) for row in before.moves] if before else []
		)
		sent = [(row.name, row.location, get_datetime(row.moved_at), row.moved_by) for row in self.moves]
		if before is None:
			self.set("moves", [])
		elif sent != stored:
			frappe.throw(
				_("The location history is set by the system and cannot be edited. Use Move."),
				frappe.PermissionError,
			)

	def log_move(self):
		if self.location or self.moves:
			self.append(
				"moves",
				{"location": self.location, "moved_at": now_datetime(), "moved_by": frappe.session.user},
			)

	def validate_photos(self):
		"""What was photographed at intake stays; what is added later shows the product at its return."""
		stored = {row.name: row.photo for row in self.get_doc_before_save().photos}
		kept = {row.name: row.photo for row in self.photos if row.name in stored}
		if kept != stored:
			frappe.throw(_("Photos of an issued receipt can be added, not changed or removed."))
		for row in self.photos:
			if row.name not in stored:
				row.at_return = 1

	def validate_accessories(self):
		"""The customer signed for the list: a row can be ticked, not added or removed."""
		if {row.name for row in self.get_doc_before_save().accessories} != {
			row.name for row in self.accessories
		}:
			frappe.throw(_("The customer signed for the accessories. The list can no longer be changed."))

	def validate_signed_values(self):
		if previous_status(self) not in (RECOVERED, VOIDED):
			return
		validate_protected_fields(self, FIELDS_OF_RETURN)
		if self.returned_accessories(self.get_doc_before_save()) != self.returned_accessories(self):
			frappe.throw(_("The accessories were signed for at return and can no longer be changed."))

	@staticmethod
	def returned_accessories(doc: Document) -> dict[str, int]:
		return {row.name: cint(row.returned) for row in doc.accessories}

	def recover_product(self):
		if not status_changed_to(self, RECOVERED):
			return
		status_flow.stamp_end(self, "returned_at", begin="received_at")
		custody.validate_product_is_here("collection_receipt", self.name)
		handover = self.as_return()
		why = {
			"return_signature": _("Capture the customer's signature for the returned product."),
			"return_signed_by": _("Enter who returned the product."),
			"return_notes": _("Enter what happens to {0}.").format(
				comma_and(kept_back(handover.accessories))
			),
		}
		require_values(self, {fieldname: why[fieldname] for fieldname in missing_for_recovery(handover)})
		set_protected_values(self, returned_by=frappe.session.user)
		self.note_return()

	def as_return(self) -> Return:
		return Return(
			signature=self.return_signature,
			signed_by=self.return_signed_by,
			notes=self.return_notes,
			lost_declaration=self.lost_declaration,
			accessories=tuple(
				Accessory(row.accessory, cint(row.qty), bool(cint(row.returned))) for row in self.accessories
			),
		)

	def note_return(self):
		if self.lost_declaration:
			jobs.note(self, _("Receipt declared lost: {0}").format(escape_html(self.lost_declaration)))
		else:
			jobs.note(self, _("Returned to {0}").format(escape_html(self.return_signed_by)))

	def note_move(self):
		before, now = self.get_doc_before_save().location or "", self.location or ""
		if before != now:
			self.log_move()
			jobs.note(
				self, _("Moved from {0} to {1}").format(escape_html(before or "-"), escape_html(now or "-"))
			)
