"""The customers and product groups that rows name: found, or created where the import may."""

from typing import TYPE_CHECKING

import frappe
from frappe import _

from . import columns as c
from .records import Problem, Record, shorten

if TYPE_CHECKING:
	from aftersales.service_desk.doctype.register_import.register_import import RegisterImport


class Masters:
	"""Answers for one run of one import; remembers what it looked up.

	What is remembered depends on the transaction: call :meth:`forget` after a rollback.
	"""

	def __init__(self, settings: "RegisterImport"):
		self.settings = settings
		self.forget()

	def forget(self) -> None:
		self._customers: dict[str, list[str]] = {}
		self._product_groups: dict[str, str | None] = {}

	def problems_of(self, record: Record, column_of: dict[str, str]) -> list[Problem]:
		"""What keeps `record` from being imported on this site as it is set up."""
		wanted = self.customer_name(record)
		column = column_of.get(c.CUSTOMER, _(c.CUSTOMER))
		if not wanted:
			return [Problem(record.number, column, "", "no_customer")]
		found = self._find_customers(wanted)
		if len(found) > 1:
			return [Problem(record.number, column, wanted, "ambiguous_customer")]
		if not found and not self.settings.create_customers:
			return [Problem(record.number, column, wanted, "unknown_customer")]
		return []

	def customer_name(self, record: Record) -> str:
		"""Name or id of the record's customer, as far as file and settings tell."""
		if record.customer or self.settings.customer:
			return record.customer or self.settings.customer
		if self.settings.file_format == c.OPEN_REPAIR_DATA:
			# Repair events keep no names of visitors: their records go to the group that held them.
			return shorten(f"Open Repair Data – {record.register_name}")
		return ""

	def is_new_customer(self, record: Record) -> bool:
		return not self._find_customers(self.customer_name(record))

	def is_new_product_group(self, record: Record) -> bool:
		return bool(record.product_group) and not self._find_product_group(record.product_group)

	def customer(self, record: Record) -> str:
		"""The Customer of `record`, created when missing (the caller has checked that it may be)."""
		wanted = self.customer_name(record)
		found = self._find_customers(wanted)
		return found[0] if found else self._create_customer(wanted)

	def product_group(self, record: Record) -> str | None:
		"""The Item Group of `record`, created when missing and wished; None when there is none."""
		wanted = record.product_group
		if not wanted:
			return None
		found = self._find_product_group(wanted)
		if not found and self.settings.create_item_groups:
			found = self._create_product_group(wanted)
		return found

	def _find_customers(self, wanted: str) -> list[str]:
		if wanted not in self._customers:
			by_id = frappe.db.get_value("Customer", wanted, "name")
			self._customers[wanted] = (
				[by_id]
				if by_id
				else frappe.get_all(
					"Customer",
					filters={"customer_name": wanted},
					pluck="name",
					limit=2,
					order_by="creation",
				)
			)
		return self._customers[wanted]

	def _find_product_group(self, wanted: str) -> str | None:
		if wanted not in self._product_groups:
			self._product_groups[wanted] = frappe.db.get_value("Item Group", wanted, "name")
		return self._product_groups[wanted]

	def _create_customer(self, wanted: str) -> str:
		selling = frappe.get_cached_doc("Selling Settings")
		customer = frappe.new_doc("Customer")
		customer.update(
			{
				"customer_name": wanted,
				"customer_type": "Individual" if self.settings.file_format == c.OWN_COLUMNS else "Company",
				"customer_group": self.settings.customer_group or selling.customer_group,
				"territory": self.settings.territory or selling.territory,
			}
		)
		customer.insert()
		self._customers[wanted] = [customer.name]
		return customer.name

	def _create_product_group(self, wanted: str) -> str:
		group = frappe.new_doc("Item Group")
		group.update({"item_group_name": wanted, "parent_item_group": self.settings.item_group_parent})
		group.insert()
		self._product_groups[wanted] = group.name
		return group.name
