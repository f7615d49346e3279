from frappe.model.document import Document


class ServiceCategoryAccount(Document):
	pass
