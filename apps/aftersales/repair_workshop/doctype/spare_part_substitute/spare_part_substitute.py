from frappe.model.document import Document


class SparePartSubstitute(Document):
	pass
