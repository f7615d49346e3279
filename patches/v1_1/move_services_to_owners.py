"""Planned services of products that were sold or moved before: they follow the owner and address of their product's file.

Since they follow every change of the file (planned_service/following.py), those planned before one kept the old customer,
and their call would have come for that one.
"""

import frappe

from aftersales.planned_service.following import OF_PRODUCT
from aftersales.planned_service.planning import DOCTYPE, PLANNED


def execute() -> None:
	service, product = frappe.qb.DocType(DOCTYPE), frappe.qb.DocType("Customer Equipment")
	moved = (
		frappe.qb.from_(service)
		.join(product)
		.on(product.name == service.equipment)
		.select(service.name, *(product[field].as_(column) for field, column in OF_PRODUCT.items()))
		.where((service.status == PLANNED) & (service.customer != product.customer))
		.run(as_dict=True)
	)
	for row in moved:
		frappe.db.set_value(DOCTYPE, row.pop("name"), row, update_modified=False)
