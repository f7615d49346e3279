from frappe.model.document import Document


class ServiceLabourLine(Document):
	pass
