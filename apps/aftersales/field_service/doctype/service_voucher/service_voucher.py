from frappe.model.document import Document


class ServiceVoucher(Document):
	pass
