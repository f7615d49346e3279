"""Parts sold from a call without a repair: offered, shipped, or handed over, and returned."""

import frappe
import pytest
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from erpnext.selling.doctype.quotation.quotation import make_sales_order
from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note

from aftersales.spare_parts.part_sales import sell_parts
from tests import factories as make
from tests.jobs import gl, in_stock


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	names.call = make.call(names.customer)
	return names


def sell(shop, document, qty=2, **values):
	made = sell_parts(shop.call.name, document, [{"item_code": shop.seal, "qty": qty}], shop.van, **values)
	return frappe.get_doc(made["doctype"], made["name"])


def test_an_agent_offers_and_the_call_is_named_up_to_the_delivery(shop):
	frappe.set_user(make.user("agent@sale.example", "Service Agent"))
	quotation = sell(shop, "Quotation")
	assert (quotation.docstatus, quotation.net_total, quotation.grand_total) == (0, 84, 95.34)
	frappe.set_user("Administrator")
	quotation.submit()
	order = make_sales_order(quotation.name)
	order.delivery_date = frappe.utils.nowdate()
	order.insert()
	order.submit()
	note = make_delivery_note(order.name)
	note.items[0].warehouse = shop.van
	note.insert()
	note.submit()
	assert {order.aftersales_call, note.aftersales_call} == {shop.call.name}
	assert in_stock(shop.seal, shop.van) == 8


def test_over_the_counter_stock_leaves_with_the_invoice_and_comes_back_with_its_return(shop):
	invoice = sell(shop, "Sales Invoice", qty=1)
	invoice.submit()
	assert in_stock(shop.seal, shop.van) == 9
	assert {row[:3] for row in gl(invoice.name)} >= {
		("Debtors - LSL", 47.67, 0.0),
		("Stock In Hand - LSL", 0.0, 12.5),
	}
	note = make_sales_return(invoice.name)
	note.insert()
	note.submit()
	assert in_stock(shop.seal, shop.van) == 10


@pytest.mark.parametrize(
	("document", "parts", "message"),
	[
		("Purchase Order", [], "cannot be created here"),
		("Quotation", [], "at least one part"),
		("Quotation", [{"item_code": "No Such Part"}], "cannot be sold"),
		("Quotation", [{"item_code": {"a": 1}}], "cannot be sold"),
		("Quotation", ["x"], "enter a part"),
		("Quotation", [{"item_code": "Gas Valve Seal", "qty": -1}], "above 0"),
	],
)
def test_what_cannot_be_sold_is_said(shop, document, parts, message):
	with pytest.raises(frappe.ValidationError, match=message):
		sell_parts(shop.call.name, document, parts)


def test_users_without_a_service_role_or_the_call_sell_nothing(shop):
	frappe.set_user(make.user("nobody@sale.example"))
	with pytest.raises(frappe.PermissionError):
		sell(shop, "Quotation")
