from frappe.model.document import Document


class ServiceRequestType(Document):
	pass
