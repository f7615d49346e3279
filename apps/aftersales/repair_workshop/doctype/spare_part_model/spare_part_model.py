from frappe.model.document import Document


class SparePartModel(Document):
	pass
