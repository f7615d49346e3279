"""The last ten pieces of a part, wanted by thirty requests at the same moment, and a receipt that wakes a card.

Real processes and real commits; what is made is removed afterwards.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import frappe
import pytest
import requests

from aftersales.repair_workshop import parts_supply
from tests import factories as make
from tests.committed import swept_afterwards
from tests.jobs import in_stock
from tests.processes import wait_for
from tests.races import at_once as at_once_in_processes

pytestmark = pytest.mark.commits

STORE = "Stores - LSL"
REQUESTS = 30
PIECES = 10


@pytest.fixture
def shop():
	with swept_afterwards():
		names = frappe._dict(
			gasket=make.item("Last Gasket"),
			customer=make.customer("Last Pieces Ltd"),
			technician=make.technician("Last Fitter", STORE),
			category=make.category(
				"Last",
				charge_rule="Warranty",
				accounts=[{"company": make.COMPANY, "expense_account": "Miscellaneous Expenses - LSL"}],
			),
		)
		make.receive(names.gasket, PIECES, 8, STORE)
		frappe.db.commit()
		yield names


@pytest.fixture
def session(shop, server) -> dict[str, str]:
	answer = requests.post(
		f"{server.url}/api/method/login", data={"usr": "Administrator", "pwd": "admin"}, timeout=60
	)
	answer.raise_for_status()
	return answer.cookies.get_dict()


def drafts(shop, maker, **values) -> list[str]:
	"""Jobs that need one piece each, all of one call."""
	call = make.call(shop.customer, service_category=shop.category)
	names = [
		maker(
			call, service_category=shop.category, parts=[make.part(shop.gasket, 1, warehouse=STORE)], **values
		)
		for _ in range(REQUESTS)
	]
	frappe.db.commit()
	return [doc.name for doc in names]


def at_once(server, cookies: dict, doctype: str, names: list[str], method: str) -> list[requests.Response]:
	barrier = Barrier(len(names))

	def send(name):
		with requests.Session() as client:
			client.get(f"{server.url}/api/method/ping", cookies=cookies, timeout=120)
			barrier.wait()
			return client.post(
				f"{server.url}/api/method/run_doc_method",
				cookies=cookies,
				json={"dt": doctype, "dn": name, "method": method},
				timeout=300,
			)

	with ThreadPoolExecutor(len(names)) as clients:
		return list(clients.map(send, names))


def assert_ten_served(answers: list[requests.Response], told: str) -> None:
	served = [answer for answer in answers if answer.status_code == 200]
	refused = [answer for answer in answers if answer.status_code == 417]
	assert (len(served), len(refused)) == (PIECES, REQUESTS - PIECES), [
		(answer.status_code, answer.text[-300:]) for answer in answers
	]
	assert all(told in answer.json()["_server_messages"] for answer in refused)
	frappe.db.rollback()  # look at what is committed now


def promised() -> float:
	return frappe.db.get_value(
		"Bin", {"item_code": "Last Gasket", "warehouse": STORE}, "aftersales_set_aside"
	)


def test_ten_of_thirty_cards_get_the_last_ten_pieces(shop, server, session):
	cards = drafts(shop, make.received_card)

	answers = at_once(server, session, "Repair Card", cards, "set_parts_aside")

	assert_ten_served(answers, "1 of <strong>Last Gasket")
	held = frappe.get_all(
		"Service Part Line", filters={"parent": ("in", cards)}, pluck="set_aside", order_by="name asc"
	)
	assert sorted(held) == [0] * (REQUESTS - PIECES) + [1] * PIECES
	assert (promised(), in_stock(shop.gasket, STORE)) == (PIECES, PIECES)


def test_ten_of_thirty_visits_use_the_last_ten_pieces(shop, server, session):
	visits = drafts(shop, make.voucher, technician=shop.technician)

	answers = at_once(server, session, "Service Voucher", visits, "complete")

	assert_ten_served(answers, "Last Gasket")
	ledger = frappe.get_all(
		"Stock Ledger Entry",
		filters={"item_code": shop.gasket, "warehouse": STORE},
		pluck="qty_after_transaction",
		order_by="creation asc",
	)
	assert ledger == [float(left) for left in range(PIECES, -1, -1)]
	assert in_stock(shop.gasket, STORE) == 0


def test_a_receipt_by_the_storekeeper_brings_the_card_back(shop, worker):
	call = make.call(shop.customer, service_category=shop.category)
	card = make.received_card(
		call, service_category=shop.category, parts=[make.part(shop.gasket, 12, warehouse=STORE)]
	)
	card.request_parts()
	frappe.db.commit()
	assert frappe.db.get_value("Repair Card", card.name, "status") == "Awaiting Parts"
	make.receive(shop.gasket, 2, 8, STORE)
	frappe.db.commit()

	def is_back():
		frappe.db.rollback()
		return frappe.db.get_value("Repair Card", card.name, "status") == "Approved"

	wait_for(is_back, 60, "the card is back in the queue")
	assert promised() == 12


def test_a_card_that_was_served_is_let_go_before_the_next(shop, monkeypatch):
	call = make.call(shop.customer, service_category=shop.category)
	part = make.part(shop.gasket, PIECES + 1, warehouse=STORE)
	first, second = (
		make.received_card(call, service_category=shop.category, parts=[part]) for _card in range(2)
	)
	for card in (first, second):
		card.await_parts()
	make.receive(shop.gasket, PIECES + 2, 8, STORE)
	frappe.db.commit()
	serve, seen = parts_supply._serve, []

	def look_then_serve(name: str) -> bool:
		held = first.name if name == second.name else second.name
		seen.extend(at_once_in_processes((lock_at_once, held)))
		return serve(name)

	monkeypatch.setattr(parts_supply, "_serve", look_then_serve)
	assert parts_supply.serve_waiting_cards() == [first.name, second.name]
	assert seen == [0, 0]


def lock_at_once(card: str) -> None:
	frappe.db.get_value("Repair Card", card, "name", for_update=True, wait=False)
