from frappe.model.document import Document


class ServicePartLine(Document):
	pass
