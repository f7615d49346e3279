"""What the phone stores: said when it cannot, kept when the session ends, deleted by an administrator and at log-out."""

import frappe
import pytest
from frappe.sessions import clear_sessions
from frappe.utils import add_to_date, now_datetime
from playwright.sync_api import expect, sync_playwright

from tests import factories as make
from tests.committed import swept_afterwards
from tests.desk import PASSWORD, WAIT
from tests.phones import phone_of
from tests.processes import wait_for

AOIFE = "store.aoife@example.com"
CUSTOMER = "Phone Store Byrne"

FULL = """
	const put = IDBObjectStore.prototype.put;
	IDBObjectStore.prototype.put = function (value, ...key) {
		if (JSON.stringify(value).length > 32 * 1024) throw new DOMException("full", "QuotaExceededError");
		return put.call(this, value, ...key);
	};
"""
"""A phone whose storage has room for a name and no more."""

ROWS = """(user) => new Promise((resolve, reject) => {
	const opening = indexedDB.open(`technician:${user}`);
	opening.onerror = reject;
	opening.onsuccess = async () => {
		const base = opening.result;
		const count = (name) => new Promise((done) => {
			const asked = base.transaction(name).objectStore(name).count();
			asked.onsuccess = () => done(asked.result);
		});
		const found = {};
		for (const name of ["visits", "acts", "photos", "files"]) found[name] = await count(name);
		base.close();
		resolve(found);
	};
})"""
EMPTY = {"visits": 0, "acts": 0, "photos": 0, "files": 0}


@pytest.fixture
def visit():
	with swept_afterwards():
		make.user(AOIFE, "Service Technician")
		frappe.utils.password.update_password(AOIFE, PASSWORD)
		start = now_datetime().replace(microsecond=0)
		call = make.call(
			make.customer(CUSTOMER), service_category=make.category("Phone Store", charge_rule="Warranty")
		)
		made = make.planned(
			call,
			make.technician("Phone Store Aoife", user=AOIFE),
			planned_start=add_to_date(start, minutes=10),
			planned_end=add_to_date(start, minutes=20),
		)
		made.dispatch()
		frappe.db.commit()
		yield made


def stored(visit, field: str):
	frappe.db.rollback()
	return frappe.db.get_value(visit.doctype, visit.name, field)


def test_a_full_phone_says_so_before_work_is_entered(visit, server, tmp_path):
	with sync_playwright() as playwright, phone_of(playwright, tmp_path / "phone", server.url) as phone:
		phone.context.add_init_script(FULL)
		page = phone.log_in(AOIFE).open().page
		expect(page.get_by_text("This phone cannot store anything")).to_be_visible(timeout=WAIT)
		phone.picture("technician-full")


def end_session(phone) -> None:
	"""On the server, too, while no request is on its way: its answer would bring back cookie and session."""
	phone.page.reload(wait_until="networkidle")
	frappe.db.rollback()
	clear_sessions(AOIFE, force=True)
	frappe.db.commit()
	phone.context.clear_cookies()


def test_work_goes_on_without_a_session_and_is_sent_after_logging_in(visit, server, tmp_path):
	with sync_playwright() as playwright, phone_of(playwright, tmp_path / "phone", server.url) as phone:
		page = phone.log_in(AOIFE).open().works_offline().page
		end_session(phone)
		phone.visit(CUSTOMER).tap("Arrived").type("What was found and done", "Filter cleaned")
		expect(page.get_by_text("Work goes on. Log in to send")).to_be_visible(timeout=WAIT)
		phone.picture("technician-log-in").stored()
		assert stored(visit, "status") == "Dispatched"
		phone.log_in(AOIFE).open()
		wait_for(lambda: stored(visit, "status") == "On Site", 60, "sent after logging in")
		phone.visit(CUSTOMER)
		expect(page.get_by_label("What was found and done")).to_have_value("Filter cleaned")
		phone.tap("Back", "link")
		wait_for(lambda: stored(visit, "findings") == "Filter cleaned", 60, "what was entered, too")

		# Log Out deletes what is sent
		assert page.evaluate(ROWS, AOIFE)["visits"] == 1
		phone.tap("More", "link").tap("Log Out")
		page.wait_for_url("**/login*")
		assert page.evaluate(ROWS, AOIFE) == EMPTY


def test_an_administrator_deletes_all_of_a_lost_phone_without_a_session(visit, server, tmp_path):
	with sync_playwright() as playwright, phone_of(playwright, tmp_path / "phone", server.url) as phone:
		page = phone.log_in(AOIFE).open().works_offline().page
		phone.context.set_offline(True)
		phone.visit(CUSTOMER).tap("Arrived").type("What was found and done", "Not sent").stored()
		assert page.evaluate(ROWS, AOIFE) == {**EMPTY, "visits": 1, "acts": 1}
		frappe.db.rollback()
		lost = frappe.get_doc("Technician Phone", {"user": AOIFE})
		lost.wipe = 1
		lost.save()
		frappe.db.commit()
		phone.context.clear_cookies()
		phone.context.set_offline(False)
		page.goto("/technician")
		expect(page.get_by_role("link", name="Log In")).to_be_visible(timeout=WAIT)
		wait_for(lambda: frappe.db.rollback() or frappe.db.get_value(lost.doctype, lost.name, "wiped_at"), 60)
		assert page.evaluate(ROWS, AOIFE) == EMPTY
		assert stored(visit, "findings") is None
