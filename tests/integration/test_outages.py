"""The queue or the cache cannot be reached, the disk is full, something breaks: nothing half done, nothing lost."""

import errno

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime
from redis.exceptions import ConnectionError as NoRedis

from aftersales.core import background
from aftersales.customer_portal import limits, links
from aftersales.installed_base.product_codes import product_signature
from aftersales.service_billing import billing_resume, billing_worker
from aftersales.service_billing.doctype.billing_run.billing_run import bill_now
from aftersales.service_calls import portal_api as desk
from aftersales.service_desk.register_import import resume
from tests import factories as make
from tests import portal
from tests.jobs import done
from tests.portal import ANNA


@pytest.fixture(scope="module")
def masters(shared_site):
	return make.shop()


def told(user: str = "Administrator") -> list[str]:
	"""The system notifications of `user`, the oldest first."""
	return frappe.get_all("Notification Log", {"for_user": user}, pluck="subject", order_by="creation asc")


# ---------------------------------------------------------------------------- the queue


@pytest.fixture
def no_queue(shop, monkeypatch):
	accountant = make.user(
		"accountant@desk.example", "Service Accountant"
	)  # Frappe, too, gives jobs to the queue
	make.settings(invoicing="One Invoice per Job")
	job = a_job(shop)

	class Down:
		def ping(self):
			raise NoRedis("Connection refused")

	def refuse(*args, **kwargs):
		raise NoRedis("Connection refused")

	monkeypatch.setattr(background, "get_redis_conn", Down)
	monkeypatch.setattr(background, "get_job_status", refuse)
	monkeypatch.setattr(frappe, "enqueue", refuse)
	return frappe._dict(accountant=accountant, job=job)


@pytest.fixture
def pushed(monkeypatch) -> list[tuple]:
	"""The jobs given to the queue, with the user they run as."""
	jobs = []

	def enqueue(method, **options):
		jobs.append((method, frappe.session.user, options))

	monkeypatch.setattr(frappe, "enqueue", enqueue)
	return jobs


def a_job(shop):
	return done(shop, labour=[make.hours(1)])


def test_bill_without_the_queue_says_so_and_goes_on_by_itself(shop, no_queue, monkeypatch):
	accountant, job = no_queue.accountant, no_queue.job
	frappe.set_user(accountant)
	frappe.clear_messages()
	name = bill_now([[job.doctype, job.name]])
	frappe.set_user("Administrator")
	assert "starts automatically" in frappe.get_message_log()[-1]["message"]
	assert frappe.db.get_value("Billing Run", name, "status") == "Queued"
	assert billing_resume.resume_interrupted() == [], "the queue is still down"

	monkeypatch.undo()
	jobs = []
	monkeypatch.setattr(
		frappe, "enqueue", lambda method, **more: jobs.append((method, frappe.session.user, more))
	)
	assert billing_resume.resume_interrupted() == [], "it may still be in the queue"
	_long_ago(name)
	assert billing_resume.resume_interrupted() == [name]
	((method, user, options),) = jobs
	assert (method, user) == (billing_worker.run, accountant)
	frappe.set_user(user)
	method(name=options["name"], attempt=options["attempt"])
	frappe.set_user("Administrator")
	run = frappe.get_doc("Billing Run", name)
	assert (run.status, run.invoices, run.attempt) == ("Done", 1, 1)
	assert frappe.db.count("Sales Invoice Item", {"aftersales_posting_key": ("like", f"%{job.name}%")}) == 1


def _long_ago(run: str) -> None:
	frappe.db.set_value(
		"Billing Run", run, "modified", add_to_date(now_datetime(), minutes=-11), update_modified=False
	)


def _died(run: str) -> None:
	values = {"status": "Running", "held_until": add_to_date(now_datetime(), minutes=-1)}
	frappe.db.set_value("Billing Run", run, values)


def test_a_run_whose_worker_died_goes_on_and_its_starter_is_told(shop, pushed):
	accountant = make.user("accountant@desk.example", "Service Accountant")
	make.settings(invoicing="One Invoice per Job")
	jobs = [a_job(shop) for _number in range(3)]
	frappe.set_user(accountant)
	name = bill_now([[job.doctype, job.name] for job in jobs])
	frappe.set_user("Administrator")
	_died(name)
	assert billing_resume.resume_interrupted() == [name]
	assert billing_resume.resume_interrupted() == [], "it waits in the queue"
	(notice,) = told(accountant)
	assert notice == f"Billing Run {name} was interrupted at 0 of 0 jobs and continues automatically."
	method, user, options = pushed[-1]
	frappe.set_user(user)
	method(name=options["name"], attempt=options["attempt"])
	frappe.set_user("Administrator")
	run = frappe.get_doc("Billing Run", name)
	assert (run.status, run.jobs_done, run.invoices, run.run_by) == ("Done", 3, 3, accountant)


def test_what_kills_its_workers_is_taken_up_three_times(shop, pushed):
	job = a_job(shop)
	name = bill_now([[job.doctype, job.name]])
	for _number in range(3):
		_died(name)
		assert billing_resume.resume_interrupted() == [name]
	_died(name)
	assert billing_resume.resume_interrupted() == []
	run = frappe.get_doc("Billing Run", name)
	assert run.status == "Stopped"
	assert "has been stopped: It was interrupted 4 times." in told()[-1]
	run.start()
	assert frappe.db.get_value("Billing Run", name, "resumes") == 0, "somebody looked at it"


@pytest.mark.parametrize("change", [{"enabled": 0}, {"roles": []}])
def test_a_run_of_somebody_who_may_not_bill_any_more_is_stopped(shop, pushed, change):
	accountant = make.user("accountant@desk.example", "Service Accountant")
	job = a_job(shop)
	frappe.set_user(accountant)
	name = bill_now([[job.doctype, job.name]])
	frappe.set_user("Administrator")
	doc = frappe.get_doc("User", accountant)
	doc.update(change)
	doc.save()
	_died(name)
	before = len(pushed)
	assert billing_resume.resume_interrupted() == []
	assert frappe.db.get_value("Billing Run", name, "status") == "Stopped"
	assert len(pushed) == before


def an_import(**values):
	doc = frappe.new_doc("Register Import")
	doc.update({"import_file": "/private/files/none.csv", "company": make.COMPANY, **values})
	doc.set_new_name()
	doc.db_insert()
	return doc


def test_an_import_whose_worker_died_goes_on_and_its_starter_is_told(shop, pushed):
	manager = make.user("manager@desk.example", "Service Manager", "Sales User", "Sales Manager")
	doc = an_import(
		status="Importing",
		checked_file="hash",
		attempt=1,
		imported_by=manager,
		rows_done=200,
		rows_total=1500,
	)
	assert resume.resume_interrupted() == [doc.name]
	method, user, options = pushed[-1]
	assert (method.__name__, user, options["attempt"]) == ("run_import", manager, 2)
	(notice,) = told(manager)
	assert (
		notice
		== f"Register Import {doc.name} was interrupted after 200 of 1500 rows and continues automatically."
	)
	assert frappe.db.get_value("Register Import", doc.name, "status") == "Queued"


def test_an_import_without_the_queue_waits(shop, no_queue):
	doc = an_import(status="Queued", attempt=1, imported_by="Administrator")
	assert doc.push() is False
	assert doc.progress()["alive"] is False
	assert resume.resume_interrupted() == []
	assert frappe.db.get_value("Register Import", doc.name, "status") == "Queued"


# ---------------------------------------------------------------------------- the cache


def test_signed_links_answer_without_the_cache(shop, monkeypatch):
	call = make.plain_call(shop.customer)
	address = portal.link_to(links.TRACK, "Repair Call", call.name)

	def refuse(*args, **kwargs):
		raise NoRedis("Connection refused")

	for command in ("set", "incrby", "get", "execute_command"):
		monkeypatch.setattr(frappe.cache, command, refuse, raising=False)
	assert portal.get(address).status == 200
	assert portal.post(address, action="message", message="The key is next door").status == 303
	assert portal.get("/aftersales/link/nothing").status == 404
	for _number in range(100):
		limits.count("nothing", 1, 60, "nobody")


# ---------------------------------------------------------------------------- a customer's form


@pytest.fixture
def customer(shop):
	portal.website_user(ANNA, shop.customer, "Anna")
	return shop.customer


def full_disk(*args, **kwargs):
	raise OSError(errno.ENOSPC, "No space left on device")


KEY = "0123456789abcdef" * 2


@pytest.mark.parametrize("way", ["portal", "label"])
def test_a_full_disk_stores_nothing_and_the_same_form_sent_again_loses_nothing(customer, way, monkeypatch):
	"""B7: the call stood without its photos, and the retry was thanked for nothing."""
	from frappe.core.doctype.file.file import File

	product = make.equipment(customer, serial_text="B-1")
	address, user = (
		("/aftersales/new", ANNA)
		if way == "portal"
		else (f"/aftersales/code/{product}/{product_signature(product)}", "Guest")
	)
	fields = {"subject": "No hot water", "contact_name": "N", "contact_phone": "+353 1 1", "form_key": KEY}

	def send():
		return portal.post(address, user, photos=(portal.photo("a.png"), portal.photo("b.png")), **fields)

	with monkeypatch.context() as patched:
		patched.setattr(File, "save_file", full_disk)
		answer = send()
	assert answer.status == 500
	assert "Nothing of what you sent was stored" in answer.words
	assert _calls_and_photos(customer) == (0, 0)
	assert send().status == 303
	assert _calls_and_photos(customer) == (1, 2)
	assert send().status == 303
	assert _calls_and_photos(customer) == (1, 2), "sent a third time it is the same"


def test_a_message_with_photos_too(customer, monkeypatch):
	from frappe.core.doctype.file.file import File

	call = make.plain_call(customer)

	def send():
		return portal.post(
			f"/aftersales/calls/{call.name}", ANNA, photos=(portal.photo(),), action="message", message="Look"
		)

	with monkeypatch.context() as patched:
		patched.setattr(File, "save_file", full_disk)
		assert send().status == 500
	assert frappe.db.count("Communication", {"reference_name": call.name}) == 0
	assert send().status == 303
	assert frappe.db.count("Communication", {"reference_name": call.name}) == 1
	assert frappe.db.count("File", {"attached_to_name": call.name}) == 1


def _calls_and_photos(customer: str) -> tuple[int, int]:
	calls = frappe.get_all("Repair Call", {"customer": customer}, pluck="name")
	return len(calls), frappe.db.count("File", {"attached_to_name": ("in", [*calls, "-"])})


@pytest.mark.parametrize(
	"error", [RuntimeError("x"), KeyError("x"), frappe.QueryDeadlockError("x"), MemoryError()]
)
def test_whatever_breaks_in_a_form_is_said_and_undone(customer, error, monkeypatch):
	call = make.plain_call(customer)

	def broken(name, *args, **kwargs):
		frappe.db.set_value("Repair Call", name, "subject", "half done")
		raise error

	monkeypatch.setattr(desk, "add_message", broken)
	answer = portal.post(f"/aftersales/calls/{call.name}", ANNA, action="message", message="Look")
	assert (answer.status, "Nothing of what you sent" in answer.words) == (500, True)
	assert frappe.db.get_value("Repair Call", call.name, "subject") == call.subject


def test_a_page_that_breaks_while_it_is_shown_is_said_too(customer, monkeypatch):
	monkeypatch.setattr(desk, "calls_of", lambda *args, **kwargs: 1 / 0)
	answer = portal.get("/aftersales", ANNA)
	assert (answer.status, "We could not show this page" in answer.words) == (500, True)


def test_without_a_database_there_is_a_plain_line(customer, monkeypatch):
	call = make.plain_call(customer)
	address = portal.link_to(links.TRACK, "Repair Call", call.name)

	def cut(*args, **kwargs):
		raise frappe.db.OperationalError(2006, "MySQL server has gone away")

	with monkeypatch.context() as patched:
		patched.setattr(links, "opened_by", cut)
		patched.setattr(frappe.db, "rollback", cut)
		patched.setattr(frappe, "log_error", cut)
		answer = portal.post(address, action="message", message="Look")
	assert answer.status == 503
	assert answer.headers["Content-Type"].startswith("text/plain")
	assert "Nothing of what you sent was stored" in answer.html
