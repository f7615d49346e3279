from frappe.model.document import Document


class RegisterImportError(Document):
	pass
