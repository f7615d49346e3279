from frappe.model.document import Document


class CustomerEquipment(Document):
	pass
