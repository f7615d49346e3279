from frappe.model.document import Document


class FaultCode(Document):
	pass
