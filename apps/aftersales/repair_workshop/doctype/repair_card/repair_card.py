from frappe.model.document import Document


class RepairCard(Document):
	pass
