"""Old parts that have to come back when a new one is fitted, in the workshop and on visits alike (R-SP)."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import comma_and, escape_html

from aftersales.spare_parts.parts import with_core_return


def require_old_parts(doc: Document) -> None:
	"""Each old part that has to come back is back, or the line says why not.

	Asked once the work is done: when a card goes to be checked, when a visit is completed.

	Raises:
		frappe.MandatoryError: names the row and the fields to fill.
	"""
	if not doc.parts:
		return
	returning = with_core_return([line.item_code for line in doc.parts])
	for line in doc.parts:
		if line.item_code not in returning or line.old_part_missing_reason:
			continue
		wanted = [] if line.old_part_returned else ["old_part_returned"]
		if line.serial_no and not line.old_serial_no:
			wanted.append("old_serial_no")
		if wanted:
			frappe.throw(
				_(
					"Parts row {0}: the old {1} must be returned. Fill in {2}, or give the reason in {3}."
				).format(
					line.idx,
					frappe.bold(escape_html(line.item_name or line.item_code)),
					comma_and([_(line.meta.get_label(fieldname)) for fieldname in wanted]),
					frappe.bold(_(line.meta.get_label("old_part_missing_reason"))),
				),
				frappe.MandatoryError,
				title=_("Old Part Missing"),
			)
