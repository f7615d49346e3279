"""What a call will cost the customer by the service prices, told before anybody works."""

import frappe
from frappe.model.document import Document
from frappe.utils import get_datetime, now_datetime

from aftersales.core.input.requests import validate_call
from aftersales.service_calls import jobs
from aftersales.service_prices import prices


@frappe.whitelist()
@validate_call
def of_call(repair_call: str) -> list[dict]:
	"""For the form of a call and for technicians: see `service_prices.prices.told`; empty where the customer pays nothing.

	Raises:
		frappe.PermissionError: the user may not read the call.
	"""
	call = frappe.get_doc("Repair Call", repair_call)
	call.check_permission("read")
	return expected(call)


def expected(call: Document) -> list[dict]:
	"""The prices of a call, saved or not: at the promised time of arrival, else now."""
	if jobs.charge_rule(call.service_category) != jobs.CUSTOMER:
		return []
	return prices.told(call, get_datetime(call.promised_from) if call.promised_from else now_datetime())
