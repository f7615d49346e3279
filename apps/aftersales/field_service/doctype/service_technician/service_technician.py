from frappe.model.document import Document


class ServiceTechnician(Document):
	pass
