from frappe.model.document import Document


class ServiceTimeLog(Document):
	pass
