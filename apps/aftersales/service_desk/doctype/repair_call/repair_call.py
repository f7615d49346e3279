from frappe.model.document import Document


class RepairCall(Document):
	pass
