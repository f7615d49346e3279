"""Bring the pauses of existing Service Clocks along as rows: what is known of them is a sum, and when one began.

The sum of finished pauses becomes one row without times, so that the rows of a clock add up to its
`paused_seconds`; a pause that lasts becomes a row of its own, with the status the document has.
"""

import frappe

from aftersales.service_levels import pauses


def execute() -> None:
	clock = frappe.qb.DocType("Service Clock")
	rows = (
		frappe.qb.from_(clock)
		.select(
			clock.name,
			clock.state,
			clock.paused_at,
			clock.paused_seconds,
			clock.stopped_at,
			clock.reference_doctype,
			clock.reference_name,
		)
		.where((clock.paused_seconds > 0) | clock.paused_at.isnotnull())
		.orderby(clock.name)
	).run(as_dict=True)
	for row in rows:
		if frappe.db.exists("Service Clock Pause", {"parent": row.name}):
			continue
		known = []
		if row.paused_seconds:
			known.append({"lost_seconds": row.paused_seconds})
		if row.paused_at:
			status = frappe.db.get_value(row.reference_doctype, row.reference_name, "status")
			known.append(
				{"paused_from": row.paused_at, "paused_to": row.stopped_at, "document_status": status}
			)
		pauses.insert(row.name, known)
