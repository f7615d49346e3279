"""What the app adds to masters, logs and templates of ERPNext; `custom_fields` creates and removes it."""

from aftersales.core.source_text import N_


def call_log_fields() -> list[dict]:
	"""A telephone call that was about no Repair Call: somebody has said so, the list is without it."""
	return [
		{
			"fieldname": "aftersales_no_call",
			"fieldtype": "Check",
			"label": N_("No Repair Call"),
			"insert_after": "type_of_call",
		}
	]


def reply_fields() -> list[dict]:
	"""For which calls a template is offered as a reply."""
	return [
		{
			"fieldname": "aftersales_section",
			"fieldtype": "Section Break",
			"label": N_("Reply on a Repair Call"),
			"insert_after": "response_html",
			"collapsible": 1,
		},
		{
			"fieldname": "aftersales_reply",
			"fieldtype": "Check",
			"label": N_("Offer as Reply"),
			"insert_after": "aftersales_section",
		},
		{
			"fieldname": "aftersales_request_type",
			"fieldtype": "Link",
			"label": N_("Request Type"),
			"options": "Service Request Type",
			"insert_after": "aftersales_reply",
			"depends_on": "aftersales_reply",
			"description": N_("Leave empty for all"),
		},
		{
			"fieldname": "aftersales_status",
			"fieldtype": "Select",
			"label": N_("Status of the Call"),
			"options": "\nOpen\nTriaged\nScheduled\nIn Progress\nOn Hold\nResolved\nClosed",
			"insert_after": "aftersales_request_type",
			"depends_on": "aftersales_reply",
			"description": N_("Leave empty for all"),
		},
		{
			"fieldname": "aftersales_language",
			"fieldtype": "Link",
			"label": N_("Language"),
			"options": "Language",
			"insert_after": "aftersales_status",
			"depends_on": "aftersales_reply",
			"description": N_("Leave empty for all"),
		},
	]


def product_file_field(insert_after: str, empty: str) -> dict:
	"""Whether a sale makes a Customer Equipment for each unit (installed_base/sale/deliveries.py)."""
	return {
		"fieldname": "aftersales_product_file",
		"fieldtype": "Select",
		"label": N_("Customer Equipment on Sale"),
		"options": "\nCreate\nDo Not Create",
		"insert_after": insert_after,
		"description": empty,
		"no_copy": 0,
	}


def upi_field() -> dict:
	"""The virtual payment address that customers in India pay to; it is part of the payment code on invoices."""
	return {
		"fieldname": "aftersales_upi_id",
		"fieldtype": "Data",
		"label": N_("UPI ID"),
		"insert_after": "bank_account_no",
		"depends_on": "is_company_account",
	}


def place_fields(insert_after: str) -> list[dict]:
	"""Where an address is (service_routes/places.py): typed, imported, set on the map or found by a geocoder."""
	return [
		{
			"fieldname": "aftersales_place_section",
			"fieldtype": "Section Break",
			"label": N_("Place"),
			"insert_after": insert_after,
			"collapsible": 1,
		},
		{
			"fieldname": "aftersales_latitude",
			"fieldtype": "Float",
			"label": N_("Latitude"),
			"insert_after": "aftersales_place_section",
			"precision": "6",
		},
		{
			"fieldname": "aftersales_longitude",
			"fieldtype": "Float",
			"label": N_("Longitude"),
			"insert_after": "aftersales_latitude",
			"precision": "6",
		},
		{
			"fieldname": "aftersales_place_source",
			"fieldtype": "Select",
			"label": N_("Place Set by"),
			"options": "\nBy Hand\nGeocoder",
			"insert_after": "aftersales_longitude",
			"read_only": 1,
		},
		{
			"fieldname": "aftersales_place_column",
			"fieldtype": "Column Break",
			"insert_after": "aftersales_place_source",
		},
		{
			"fieldname": "aftersales_location",
			"fieldtype": "Geolocation",
			"label": N_("Place on the Map"),
			"insert_after": "aftersales_place_column",
		},
	]
