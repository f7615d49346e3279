from frappe.model.document import Document


class ServiceCalendarWindow(Document):
	pass
