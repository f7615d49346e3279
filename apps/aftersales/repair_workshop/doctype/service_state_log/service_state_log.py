from frappe.model.document import Document


class ServiceStateLog(Document):
	pass
