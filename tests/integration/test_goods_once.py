"""Goods that go out, with two people at it: lent once, sent once, drafted once, and never what is set aside.

Real commits, real processes. What the tests make is removed afterwards.
"""

import frappe
import pytest
from frappe.utils import nowdate

from aftersales.spare_parts import vans
from tests import factories as make
from tests.committed import swept_afterwards
from tests.jobs import in_stock
from tests.processes import wait_for
from tests.races import at_once, overtaken

pytestmark = pytest.mark.commits

STORE = f"Stores - {make.ABBR}"
LENT_OUT = f"Goods In Transit - {make.ABBR}"
STOREKEEPER = "goods.once@example.com"


@pytest.fixture
def shop():
	policy = frappe.db.get_single_value("Aftersales Settings", "taking_set_aside")
	with swept_afterwards():
		names = frappe._dict(
			customer=make.customer("Goods Once Ltd"),
			category=make.category(
				"Goods Once",
				charge_rule="Warranty",
				accounts=[{"company": make.COMPANY, "expense_account": "Miscellaneous Expenses - LSL"}],
			),
			gasket=make.item("Goods Once Gasket"),
			storekeeper=make.user(STOREKEEPER, "Stock User"),
		)
		names.call = make.call(names.customer, service_category=names.category)
		make.settings(taking_set_aside="Stop")
		frappe.db.commit()
		try:
			yield names
		finally:
			frappe.db.rollback()
			make.settings(taking_set_aside=policy)
			frappe.db.commit()


def submit_of(doctype: str):
	def submit(name: str) -> None:
		frappe.get_doc(doctype, name).submit()

	return submit


# ---------------------------------------------------------------- loaners


def loaners(shop, item_code: str, serial_no: str | None = None) -> list[str]:
	"""Two signed drafts for one and the same piece."""
	names = [
		make.make(
			"Loaner Issue",
			repair_call=shop.call.name,
			company=make.COMPANY,
			item_code=item_code,
			serial_no=serial_no,
			from_warehouse=STORE,
			to_warehouse=LENT_OUT,
			condition="As new",
			customer_signature=make.SIGNATURE,
			signed_by="N. Byrne",
		).name
		for _number in range(2)
	]
	frappe.db.commit()
	return names


def numbered(shop) -> list[str]:
	item_code = make.item("Goods Once Heater", has_serial_no=1)
	make.receive(item_code, 1, 150, STORE, ("ONCE-LN-1",))
	return loaners(shop, item_code, "ONCE-LN-1")


def unnumbered(shop) -> list[str]:
	item_code = make.item("Goods Once Fan Heater")
	make.receive(item_code, 1, 40, STORE)
	return loaners(shop, item_code)


@pytest.mark.parametrize("units", [numbered, unnumbered])
def test_one_loaner_is_lent_once(shop, units):
	names = units(shop)
	submit = submit_of("Loaner Issue")
	assert sorted(at_once((submit, names[0]), (submit, names[1]))) == [0, 1]
	(lent,) = frappe.get_all("Loaner Issue", {"name": ("in", names), "docstatus": 1}, pluck="item_code")
	assert (in_stock(lent, STORE), in_stock(lent, LENT_OUT)) == (0, 1)


def test_the_latecomer_is_told_where_the_loaner_is_not(shop):
	names = numbered(shop)
	submit = submit_of("Loaner Issue")
	error = overtaken(lambda: submit(names[0]), lambda: submit(names[1]))
	assert isinstance(error, frappe.ValidationError) and "is not in" in str(error)
	assert frappe.db.get_value("Loaner Issue", names[1], "docstatus") == 0


def test_a_loaner_comes_back_once(shop):
	name = numbered(shop)[0]
	frappe.get_doc("Loaner Issue", name).submit()
	frappe.db.commit()

	def take_back(loaner: str) -> None:
		frappe.get_doc("Loaner Issue", loaner).take_back("As Lent", "N. Byrne", make.SIGNATURE)

	assert sorted(at_once((take_back, name), (take_back, name))) == [0, 1]
	moves = frappe.db.count("Stock Entry", {"aftersales_voucher": name, "docstatus": 1})
	assert (moves, in_stock("Goods Once Heater", STORE)) == (2, 1)


# ---------------------------------------------------------------- vendors


def vendor_repairs(shop) -> list[str]:
	card = make.received_card(shop.call, diagnosis="Board dead")
	supplier = make.once(
		"Supplier",
		"Goods Once Works",
		supplier_name="Goods Once Works",
		supplier_group="All Supplier Groups",
	)
	names = [
		make.make("Vendor Repair", repair_card=card.name, supplier=supplier, work_wanted="Mend it").name
		for _number in range(2)
	]
	frappe.db.commit()
	return names


def test_a_product_is_sent_to_a_vendor_once(shop):
	names = vendor_repairs(shop)
	submit = submit_of("Vendor Repair")
	assert sorted(at_once((submit, names[0]), (submit, names[1]))) == [0, 1]
	assert frappe.db.count("Vendor Repair", {"name": ("in", names), "status": "Sent"}) == 1


def test_the_latecomer_is_told_with_whom_it_is(shop):
	names = vendor_repairs(shop)
	submit = submit_of("Vendor Repair")
	error = overtaken(lambda: submit(names[0]), lambda: submit(names[1]))
	assert isinstance(error, frappe.ValidationError) and names[0] in str(error)


# ---------------------------------------------------------------- receipts


def test_a_product_is_given_back_once(shop):
	receipt = make.receipt(shop.call)
	receipt.submit()
	frappe.db.commit()

	def give_back(name: str) -> None:
		frappe.get_doc("Collection Receipt", name).recover("N. Byrne", make.SIGNATURE)

	assert sorted(at_once((give_back, receipt.name), (give_back, receipt.name))) == [0, 1]
	notes = frappe.db.count(
		"Comment", {"reference_name": receipt.name, "content": ("like", "%Returned to N. Byrne%")}
	)
	assert notes == 1


# ---------------------------------------------------------------- vans


@pytest.mark.parametrize("document", vans.DOCUMENTS)
def test_a_van_is_filled_once(shop, document):
	make.receive(shop.gasket, 20, 8, STORE)
	technician = make.technician(
		"Goods Once Fitter",
		LENT_OUT,
		supply_warehouse=STORE,
		van_stock=[{"item_code": shop.gasket, "minimum": 2, "maximum": 6}],
	)
	frappe.db.commit()

	def fill(name: str) -> None:
		vans.fill_vans([name], document)

	assert at_once(*[(fill, technician)] * 3) == [0, 0, 0]
	row = "Stock Entry Detail" if document == "Stock Entry" else "Material Request Item"
	drafted = frappe.get_all(row, {"item_code": shop.gasket, "docstatus": 0}, pluck="qty")
	assert drafted == [6]


# ---------------------------------------------------------------- parts set aside


def card(shop, qty: float) -> str:
	return make.received_card(
		shop.call, warehouse=STORE, service_category=shop.category, parts=[make.part(shop.gasket, qty)]
	).name


def issue(shop, qty: float) -> str:
	entry = make.make(
		"Stock Entry",
		stock_entry_type="Material Issue",
		purpose="Material Issue",
		company=make.COMPANY,
		posting_date=nowdate(),
		items=[{"item_code": shop.gasket, "qty": qty, "s_warehouse": STORE}],
	)
	frappe.db.commit()
	return entry.name


def set_aside(name: str) -> None:
	frappe.get_doc("Repair Card", name).set_parts_aside()


def issue_by_hand(name: str) -> None:
	frappe.set_user(STOREKEEPER)
	try:
		frappe.get_doc("Stock Entry", name).submit()
	finally:
		frappe.set_user("Administrator")


def set_aside_now(shop) -> float:
	return frappe.db.get_value("Bin", {"item_code": shop.gasket, "warehouse": STORE}, "aftersales_set_aside")


def test_the_last_pieces_go_to_the_card_or_to_the_storekeeper(shop):
	make.receive(shop.gasket, 2, 8, STORE)
	name, entry = card(shop, 2), issue(shop, 1)
	assert sorted(at_once((set_aside, name), (issue_by_hand, entry))) == [0, 1]
	left = (in_stock(shop.gasket, STORE), set_aside_now(shop))
	assert left in ((2, 2), (1, 0)), "set aside and there, or issued and not promised"


def test_a_storekeeper_meets_what_was_set_aside_since_he_began(shop):
	make.receive(shop.gasket, 2, 8, STORE)
	name, entry = card(shop, 2), issue(shop, 1)
	error = overtaken(lambda: set_aside(name), lambda: issue_by_hand(entry))
	assert isinstance(error, frappe.ValidationError) and "1 of the 2" in frappe.utils.strip_html_tags(
		str(error)
	)
	assert (in_stock(shop.gasket, STORE), set_aside_now(shop)) == (2, 2)


def test_a_card_meets_what_was_issued_since_it_began(shop):
	make.receive(shop.gasket, 2, 8, STORE)
	name, entry = card(shop, 2), issue(shop, 1)
	error = overtaken(lambda: issue_by_hand(entry), lambda: set_aside(name))
	assert isinstance(error, frappe.ValidationError)
	assert (in_stock(shop.gasket, STORE), set_aside_now(shop)) == (1, 0)


def test_the_card_lets_go_of_what_was_taken_with_leave(shop, worker):
	make.receive(shop.gasket, 2, 8, STORE)
	name, entry = card(shop, 2), issue(shop, 1)
	set_aside(name)
	frappe.db.commit()
	frappe.get_doc("Stock Entry", entry).submit()  # the Administrator has every role
	frappe.db.commit()

	def has_let_go():
		frappe.db.rollback()
		return set_aside_now(shop) == 1

	wait_for(has_let_go, 60, "the card has let go of one piece")
	assert frappe.db.get_value("Service Part Line", {"parent": name}, "set_aside") == 1
