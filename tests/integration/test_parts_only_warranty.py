"""Only the parts of a product are in warranty any more: the customer pays for the work alone."""

from frappe.utils import nowdate

from tests import factories as make


def test_when_only_the_parts_are_in_warranty_the_customer_pays_the_work():
	shop = make.shop()
	make.make(
		"Warranty Terms", terms_name="Baxi parts", brand="Baxi", months=24, labour_differs=1, labour_months=0
	)
	file = make.equipment(shop.customer, purchase_date=nowdate())
	call = make.plain_call(
		shop.customer, equipment=file, request_type=make.request_type("Repair of boilers", is_failure=1)
	)
	assert (call.coverage, call.service_category) == ("Warranty on Parts", "A")
	assert "Only the parts" in call.coverage_reason
	visit = make.voucher(call, shop.technician, labour=[make.hours(1)], parts=[make.part(shop.seal)])
	assert [(line.charge_to) for line in (*visit.labour, *visit.parts)] == ["Customer", "Warranty"]
	assert "Only the parts" in visit.parts[0].payer_reason
	visit.submit()
	assert visit.amount_due == 68.1, "an hour at 60 and 13.5 % VAT"
