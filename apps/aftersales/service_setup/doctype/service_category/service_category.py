import frappe
from frappe import _
from frappe.model.document import Document

from aftersales.core.input.document import ServiceDocument

ACCOUNT_FIELDS = (
	"income_account",
	"expense_account",
	"labour_expense_account",
	"labour_recovery_account",
)


class ServiceCategory(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.service_setup.doctype.service_category_account.service_category_account import (
			ServiceCategoryAccount,
		)

		accounts: DF.Table[ServiceCategoryAccount]
		category: DF.Data
		charge_rule: DF.Literal["Customer", "Contract", "Warranty", "Internal", "Goodwill"]
		description: DF.SmallText | None
		disabled: DF.Check
		requires_authorisation: DF.Check
		title: DF.Data

	# end: auto-generated types

	def validate(self):
		self.check_one_row_per_company()
		self.check_accounts()

	def check_one_row_per_company(self):
		companies = [row.company for row in self.accounts]
		for row in self.accounts:
			if companies.count(row.company) > 1:
				frappe.throw(
					_("Row {0}: company {1} is listed more than once.").format(
						row.idx, frappe.bold(row.company)
					)
				)

	def check_accounts(self):
		"""Accounts and cost center must be the company's own, and must take postings."""
		for row in self.accounts:
			for fieldname in ACCOUNT_FIELDS:
				self._check_belongs(row, "Account", fieldname)
			self._check_belongs(row, "Cost Center", "cost_center")

	def _check_belongs(self, row: Document, doctype: str, fieldname: str) -> None:
		name = row.get(fieldname)
		if not name:
			return
		company, is_group = frappe.db.get_value(doctype, name, ["company", "is_group"])
		label = frappe.bold(_(row.meta.get_label(fieldname)))
		if company != row.company:
			frappe.throw(
				_("Row {0}: {1} {2} belongs to company {3}.").format(
					row.idx, label, frappe.bold(name), frappe.bold(company)
				)
			)
		if is_group:
			frappe.throw(
				_("Row {0}: {1} {2} is a group; choose one that takes postings.").format(
					row.idx, label, frappe.bold(name)
				)
			)
