"""What a customer may see of the visits of their call."""

import frappe

VISIT_FIELDS = (
	"name",
	"customer",
	"repair_call",
	"status",
	"docstatus",
	"technician",
	"planned_start",
	"planned_end",
	"arrived_at",
	"departed_at",
	"outcome",
	"approval_status",
	"sales_invoice",
)


def visits_of_call(call: str) -> list[frappe._dict]:
	"""The visits of a call that were dispatched and not called off, the oldest first."""
	return frappe.get_all(
		"Service Voucher",
		filters={"repair_call": call, "docstatus": ("<", 2), "status": ("not in", ("Draft", "Cancelled"))},
		fields=list(VISIT_FIELDS),
		order_by="creation asc",
	)
