"""Switch serial numbers and batches on, which are off on a new site of version 16; version 15 has no switch.

Called as `switch_on_serials.py SITE` from the sites folder.
"""

import sys

import frappe

SWITCH = "enable_serial_and_batch_no_for_item"


def switch_on(site: str) -> None:
	"""Set the field of Stock Settings where there is one."""
	frappe.init(site=site)
	frappe.connect()
	try:
		if frappe.get_meta("Stock Settings").has_field(SWITCH):
			frappe.db.set_single_value("Stock Settings", SWITCH, 1)
			frappe.db.commit()
	finally:
		frappe.destroy()


if __name__ == "__main__":
	switch_on(sys.argv[1])
