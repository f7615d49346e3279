import frappe
from frappe import _
from frappe.model.document import Document


class AftersalesSettings(Document):
	def validate(self):
		self.keep_emergency_priority()
		self.check_billing_items()

	def keep_emergency_priority(self):
		"""Without it a reported hazard could not be told from any other fault (R-IN-4)."""
		before = self.get_doc_before_save()
		if before and before.emergency_priority and not self.emergency_priority:
			frappe.throw(
				_("{0} cannot be emptied: a hazard must always make an emergency.").format(
					frappe.bold(_("Emergency Priority"))
				)
			)

	def check_billing_items(self):
		for fieldname in ("labour_item", "travel_item"):
			item = self.get(fieldname)
			if item and frappe.get_cached_value("Item", item, "is_stock_item"):
				frappe.throw(
					_("{0}: {1} is a stock item; hours and travel are billed by a non-stock item.").format(
						frappe.bold(_(self.meta.get_label(fieldname))), frappe.bold(item)
					)
				)
