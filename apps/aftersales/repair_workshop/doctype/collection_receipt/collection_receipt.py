from frappe.model.document import Document


class CollectionReceipt(Document):
	pass
