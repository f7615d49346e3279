"""The technicians of the demo company: zone, van, skills, cost."""

from frappe.utils import add_days

from aftersales.demo.clock import present
from aftersales.demo.company import (
	AOIFE,
	COMPANY,
	DECLAN,
	NIAMH,
	RONAN,
	VAN_AOIFE,
	VAN_DECLAN,
	WORKSHOP,
	ensure,
	of_company,
)

TECHNICIANS = {
	"Aoife Brennan": {
		"user": AOIFE,
		"service_zone": "Zone 1 (0-20 km)",
		"van": VAN_AOIFE,
		"cost_rate": 31,
		"skills": (("Water Heaters", "Use", "RGI 30411", 400), ("Boilers", "Use", "RGI 30411", 400)),
	},
	"Declan Walsh": {
		"user": DECLAN,
		"service_zone": "Zone 2 (20-60 km)",
		"van": VAN_DECLAN,
		"cost_rate": 29.5,
		# His gas certificate ran out: the desk cannot send him to a boiler any more
		"skills": (
			("Machine Tools", "Both", "CNC service level 2", 600),
			("Boilers", "Use", "RGI 28790", -20),
		),
	},
	"Ronan Casey": {
		"user": RONAN,
		"service_zone": "Zone 1 (0-20 km)",
		"cost_rate": 34,
		"skills": (("Laboratory Instruments", "Both", "", None),),
	},
	"Niamh Doyle": {
		"user": NIAMH,
		"service_zone": "Zone 1 (0-20 km)",
		"cost_rate": 27,
		"skills": (("Water Heaters", "Use", "", None), ("Laboratory Instruments", "Use", "", None)),
	},
}
"""Cost rate in EUR per hour; skill: product group, kind of support, certificate, days until it ends."""
VAN_LISTS = {
	VAN_AOIFE: (
		("GVS-15", 6, 8),
		("IGN-E2", 4, 10),
		("HX-GSK", 2, 5),
		("FLW-18", 1, 2),
		("PRV-3B", 3, 6),
		("FAN-24", 1, 1),
		("SEAL-PT", 2, 2),
	),
	VAN_DECLAN: (("ENC-SP", 1, 3), ("LMP-HAL", 3, 5), ("PRV-3B", 2, 4)),
}
"""Van: item, minimum, maximum."""


def build() -> None:
	"""Make the technicians that are missing."""
	_technicians()


def technician_of(user: str) -> str:
	"""Name of the Service Technician record of a demo user."""
	return next(name for name, values in TECHNICIANS.items() if values["user"] == user)


def _technicians() -> None:
	for name, values in TECHNICIANS.items():
		ensure(
			"Service Technician",
			name,
			technician_name=name,
			company=COMPANY,
			user=values["user"],
			service_zone=values["service_zone"],
			van_warehouse=of_company(values["van"]) if values.get("van") else None,
			cost_rate=values["cost_rate"],
			supply_warehouse=of_company(WORKSHOP) if values.get("van") else None,
			van_stock=[
				{"item_code": code, "minimum": minimum, "maximum": maximum}
				for code, minimum, maximum in VAN_LISTS.get(values.get("van"), ())
			],
			skills=[
				{
					"item_group": group,
					"support_kind": kind,
					"certificate": certificate,
					"valid_until": None if days is None else add_days(present().date(), days),
				}
				for group, kind, certificate, days in values["skills"]
			],
		)
