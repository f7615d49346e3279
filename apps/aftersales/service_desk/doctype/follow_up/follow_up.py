from frappe.model.document import Document


class Followup(Document):
	pass
