from frappe.model.document import Document


class CollectedAccessory(Document):
	pass
