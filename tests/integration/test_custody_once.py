"""What may exist only once, with two people at it: the one who comes second is refused.

The second works on a connection whose view of the database is older than what the first committed, as
happens when both press the button at the same moment.
"""

import frappe
import pytest

from tests import factories as make
from tests.committed import swept_afterwards
from tests.races import overtaken

pytestmark = pytest.mark.commits


@pytest.fixture
def call():
	with swept_afterwards():
		customer = make.customer("Once Custody Ltd")
		heater = make.equipment(customer, model="Instant 11", serial_text="ONCE-1")
		doc = make.call(customer, equipment=heater, service_category=make.category("A"))
		frappe.db.commit()
		yield doc


def test_a_product_is_collected_once(call):
	names = [make.receipt(call).name for _ in range(2)]
	frappe.db.commit()

	error = overtaken(
		lambda: frappe.get_doc("Collection Receipt", names[0]).submit(),
		lambda: frappe.get_doc("Collection Receipt", names[1]).submit(),
	)
	assert isinstance(error, frappe.ValidationError) and names[0] in str(error)
	assert frappe.db.get_value("Collection Receipt", names[1], "docstatus") == 0


def test_a_receipt_has_one_card(call):
	receipt = make.receipt(call)
	receipt.submit()
	frappe.db.commit()

	def open_card():
		make.received_card(call, collection_receipt=receipt.name)

	error = overtaken(open_card, open_card)
	assert isinstance(error, frappe.ValidationError) and "one card per product" in str(error)
	assert frappe.db.count("Repair Card", {"collection_receipt": receipt.name}) == 1


def test_a_technician_works_on_one_product(call):
	make.technician("Once Fitter")
	names = [make.received_card(call).name for _ in range(2)]
	frappe.db.commit()

	def start(name: str):
		frappe.get_doc("Repair Card", name).start_work("Once Fitter")

	error = overtaken(lambda: start(names[0]), lambda: start(names[1]))
	assert isinstance(error, frappe.ValidationError) and names[0] in str(error)
	assert frappe.db.count("Service Time Log", {"technician": "Once Fitter"}) == 1


def test_costs_of_two_vendors_noted_at_once_are_both_on_the_card(call):
	card = make.received_card(call, diagnosis="Board dead")
	supplier = make.once(
		"Supplier", "Once Works", supplier_name="Once Works", supplier_group="All Supplier Groups"
	)
	repairs = []
	for _number in range(2):
		repair = make.make(
			"Vendor Repair", repair_card=card.name, supplier=supplier, work_wanted="Mend it", cost=90
		)
		repair.submit()
		frappe.get_doc(repair.doctype, repair.name).receive("Repaired", "Mended")
		repairs.append(repair.name)
	frappe.db.commit()

	def costs(name: str, cost: float) -> None:
		repair = frappe.get_doc("Vendor Repair", name)
		repair.cost = cost
		repair.save()

	assert overtaken(lambda: costs(repairs[0], 100), lambda: costs(repairs[1], 250)) is None
	assert frappe.db.get_value("Repair Card", card.name, "vendor_cost") == 350
