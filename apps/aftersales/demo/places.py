"""Where the customers of the demo company are, and where its technicians set out: for travel, the map and the planner."""

import frappe

from aftersales.demo.company import COMPANY

AREAS = {
	"A92": (53.718, -6.352),
	"A94": (53.299, -6.178),
	"A98": (53.203, -6.110),
	"C15": (53.653, -6.684),
	"D01": (53.353, -6.260),
	"D04": (53.330, -6.230),
	"D06": (53.316, -6.266),
	"D08": (53.337, -6.280),
	"D11": (53.388, -6.272),
	"D14": (53.289, -6.246),
	"K34": (53.583, -6.110),
	"K78": (53.356, -6.449),
	"R14": (52.990, -6.980),
	"R51": (53.157, -6.911),
	"W12": (53.179, -6.797),
	"W91": (53.219, -6.664),
	"Y21": (52.501, -6.570),
}
"""Routing key of an Eircode: about where its middle is."""
WORKSHOP = (53.301, -6.336)
SPEED, DETOUR = 60, 1.2
"""Kilometres an hour, motorways among them, and how much longer the road is than the straight line."""


def of(eircode: str) -> tuple[float, float]:
	"""A place in the area of an Eircode; the same for the same code, another for its neighbours."""
	latitude, longitude = AREAS[eircode[:3]]
	number = sum(ord(letter) * place for place, letter in enumerate(eircode, 1))
	return latitude + (number % 17 - 8) * 0.0011, longitude + (number % 23 - 11) * 0.0014


def build() -> None:
	"""The address of the workshop, where everybody sets out in the morning."""
	settings = frappe.get_single("Service Routes Settings")
	if settings.start_address:
		return
	address = frappe.get_doc(
		{
			"doctype": "Address",
			"address_title": COMPANY,
			"address_type": "Office",
			"address_line1": "Unit 4, Greenhills Court",
			"city": "Dublin 12",
			"pincode": "D12 X1Z0",
			"country": "Ireland",
			"is_your_company_address": 1,
			"links": [{"link_doctype": "Company", "link_name": COMPANY}],
			"aftersales_latitude": WORKSHOP[0],
			"aftersales_longitude": WORKSHOP[1],
		}
	).insert()
	settings.update({"start_address": address.name, "travel_speed": SPEED, "detour": DETOUR, "time_limit": 5})
	settings.save()
