from frappe.model.document import Document


class ServiceZone(Document):
	pass
