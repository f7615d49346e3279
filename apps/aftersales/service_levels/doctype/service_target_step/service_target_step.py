from frappe.model.document import Document


class ServiceTargetStep(Document):
	pass
