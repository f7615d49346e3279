import frappe
from frappe import _

from aftersales.core.guards import require_role, set_protected_values, validate_protected_fields
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import validate_call
from aftersales.product_knowledge import campaigns, scopes

FIELDS_OF_RECORD = (
	*("status", "started_at", "started_by", "products", "done", "not_possible", "customers", "told"),
	"without_address",
)
FIXED_ONCE_STARTED = (
	*("company", "item_code", "brand", "model", "item_group", "serial_from", "serial_to"),
	*("subject", "message", "product_document"),
)
STARTING_ROLES = ("Service Supervisor", "Service Manager")


class ServiceCampaign(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.product_knowledge.doctype.campaign_text.campaign_text import CampaignText

		brand: DF.Data | None
		calls_per_day: DF.Int
		company: DF.Link
		customers: DF.Int
		deadline: DF.Date | None
		done: DF.Int
		item_code: DF.Link | None
		item_group: DF.Link | None
		kind: DF.Literal["Bulletin", "Recall", "Update"]
		makes_calls: DF.Check
		message: DF.TextEditor | None
		model: DF.Data | None
		naming_series: DF.Literal["CMP-.YYYY.-.###"]
		not_possible: DF.Int
		product_document: DF.Link | None
		products: DF.Int
		request_type: DF.Link | None
		sends_message: DF.Check
		serial_from: DF.Data | None
		serial_to: DF.Data | None
		service_category: DF.Link | None
		started_at: DF.Datetime | None
		started_by: DF.Link | None
		status: DF.Literal["Draft", "Running", "Closed"]
		subject: DF.Data | None
		texts: DF.Table[CampaignText]
		title: DF.Data
		told: DF.Int
		without_address: DF.Int
		work: DF.SmallText | None
	# end: auto-generated types

	"""A bulletin, recall or update: who is concerned, who was told, which products are done."""

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		scopes.validate_scope(self)
		self.validate_purpose()
		self.validate_texts()
		self.validate_started()

	def validate_purpose(self):
		if not self.sends_message and not self.makes_calls:
			frappe.throw(
				_("Tick {0}, {1} or both.").format(
					frappe.bold(_("Send a Message to Each Customer")),
					frappe.bold(_("Make a Repair Call for Each Product")),
				)
			)
		if self.sends_message and not (self.subject and self.message):
			frappe.throw(
				_("Enter {0} and {1}.").format(frappe.bold(_("Subject")), frappe.bold(_("Message"))),
				frappe.MandatoryError,
			)
		if self.makes_calls and not self.request_type:
			frappe.throw(_("Enter {0}.").format(frappe.bold(_("Request Type"))), frappe.MandatoryError)

	def validate_texts(self):
		languages = [row.language for row in self.texts]
		if twice := next((one for one in languages if languages.count(one) > 1), None):
			frappe.throw(
				_("There are two texts for language {0}. Keep one of them.").format(frappe.bold(twice))
			)

	def validate_started(self):
		before = self.get_doc_before_save()
		if not before or before.status == "Draft":
			return
		if _said(self) != _said(before):
			frappe.throw(
				_("{0} cannot be changed: the campaign has started.").format(
					frappe.bold(_(self.meta.get_label("texts")))
				)
			)
		for fieldname in FIXED_ONCE_STARTED:
			if self.has_value_changed(fieldname):
				frappe.throw(
					_("{0} cannot be changed: the campaign has started.").format(
						frappe.bold(_(self.meta.get_label(fieldname)))
					)
				)

	@frappe.whitelist()
	@validate_call
	def concerned(self) -> dict:
		"""How many products and customers the campaign concerns today: products, customers."""
		self.check_permission("read")
		rows = scopes.matching_products(self)
		return {"products": len(rows), "customers": len({row.customer for row in rows})}

	@frappe.whitelist(methods=["POST"])
	@validate_call
	def start(self) -> None:
		"""Begin: everybody concerned is told, the calls are made, both in the background.

		Raises:
			frappe.PermissionError: the user is neither Service Supervisor nor Service Manager.
			frappe.ValidationError: it has started already.
		"""
		self.check_permission("write")
		require_role(STARTING_ROLES, _("Starting a service campaign"))
		doc = frappe.get_doc(self.doctype, self.name, for_update=True)
		if doc.status != "Draft":
			frappe.throw(_("The campaign is already {0}.").format(_(doc.status)))
		campaigns.start(doc)

	@frappe.whitelist(methods=["POST"])
	@validate_call
	def close(self) -> None:
		"""End the campaign: no further message is sent and no further call made; open calls stay."""
		self.check_permission("write")
		require_role(STARTING_ROLES, _("Closing a service campaign"))
		doc = frappe.get_doc(self.doctype, self.name, for_update=True)
		set_protected_values(doc, status="Closed")
		doc.save()


def _said(campaign: "ServiceCampaign") -> list[tuple]:
	return [(row.language, row.subject, row.message) for row in campaign.texts]
