import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt


class ServiceZone(Document):
	def validate(self):
		self.check_distances()

	def check_distances(self):
		if self.distance_to and flt(self.distance_to) <= flt(self.distance_from):
			frappe.throw(_("The zone must end farther away than it begins."))
