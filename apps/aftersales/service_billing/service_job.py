"""What a visit (Service Voucher) and a workshop job (Repair Card) are: the base of both controllers."""

import frappe

from aftersales.core.guards import reset_on_amend
from aftersales.core.input.document import ServiceDocument
from aftersales.core.locks import note
from aftersales.service_billing.contract_shares import pass_on
from aftersales.service_calls import jobs
from aftersales.service_contracts import contracts
from aftersales.service_contracts.contract_of_job import check_contract
from aftersales.service_posting import posting
from aftersales.service_posting.job_lines import complete_lines
from aftersales.service_posting.job_preview import preview
from aftersales.service_posting.part_returns import validate_nothing_came_back

CANCELLED = "Cancelled"


class ServiceJob(ServiceDocument):
	"""A job for a customer's product: for whom it is, its lines, what it is posted and billed as."""

	def before_insert(self):
		reset_on_amend(self)

	def check_if_latest(self):
		"""Frappe locks the job here, which comes after its contract."""
		if self.docstatus:
			contracts.lock_contract(self)
			note(self.doctype, self.name)
		super().check_if_latest()

	def validate_for_whom(self, call: frappe._dict | None) -> None:
		"""Customer, product, category and contract fit each other and the job's `call`."""
		jobs.check_for_whom(self)
		jobs.check_equipment_owner(self)
		jobs.authorise_other_category(self, call)
		check_contract(self, call)
		if self.status != CANCELLED:
			jobs.check_call_is_open(self, call)

	def complete_lines(self) -> None:
		complete_lines(self)

	def preview_billing(self) -> None:
		"""A draft shows what it would cost the customer."""
		if self.docstatus == 0:
			preview(self)

	def post(self) -> None:
		"""Make the documents in ERPNext: parts, invoice, hours at cost."""
		posting.post_job(self)

	def take_back_postings(self) -> None:
		"""Step of before_cancel: cancel what was posted; excess and included visit pass on to the next job."""
		validate_nothing_came_back(self)
		freed = (self.contract_excess, self.get("contract_visit"))
		posting.unpost_job(self)
		pass_on(self, *freed)
		self.ignore_linked_doctypes = list(jobs.ERPNEXT_LINKS)

	def move_to(self, status: str) -> None:
		"""Set the status and save; what the status demands is checked there."""
		self.check_permission("write")
		self.status = status
		self.save()
