"""What Frappe tells of a document, and lets be done with it, by each of its ways: only with rights on it.

Generated: every whitelisted function of Frappe and ERPNext that takes a DocType, asked by customer A, a guest
and a user without roles about everything of customer B; every DocType of ours by every way of
`tests/security/doors.py` for every role that lacks the right. The normal run takes a sample, `make doors`
(AFTERSALES_ALL_DOORS=1) everything.
"""

import importlib
import inspect
import itertools
import json
from pathlib import Path

import frappe
import pytest
from frappe import client, handler

from aftersales.setup import defaults
from tests import factories as f
from tests.attacks import comments
from tests.findings import Findings, doctype_parts
from tests.portal import ANNA
from tests.security import doors
from tests.security.doors import ROLES, SECRET
from tests.security.test_child_tables import ALL, users
from tests.security.test_customers_apart import build

DOCTYPE_ARGUMENTS = (
	"doctype",
	"dt",
	"reference_doctype",
	"ref_doctype",
	"doc_type",
	"document_type",
	"reference_type",
	"linked_doctype",
	"link_doctype",
)
NAME_ARGUMENTS = (
	"name",
	"docname",
	"dn",
	"doc_name",
	"reference_name",
	"ref_name",
	"reference_docname",
	"doc",
	"link_name",
)
LEFT_OUT = ("frappe.utils.print_format.", "frappe.utils.weasyprint.", "frappe.www.printview.")
"""Printing has its own tests over HTTP (test_customers_apart), and takes seconds each."""


MESSAGES = "\n\nMessages: "
"""What follows in an answer are messages; the first of two equal requests may have one more (caches)."""


@pytest.fixture
def world():
	return build()


def ask(user: str, method: str, /, **form) -> str:
	"""What a request for `method` answers, as text: result, response and messages; empty when it is refused."""
	with doors.asking(user, cmd=method, **form):
		try:
			result = handler.execute_cmd(method)
		except Exception as error:
			return f"{type(error).__name__} {error}" if SECRET in str(error) else ""
		finally:
			messages = str(frappe.local.message_log)
			response = frappe.local.response
		return frappe.as_json([str(result), str(response)]) + MESSAGES + messages


# ---------------------------------------------------------------------------- every function of Frappe


def functions_of_frappe() -> dict[str, inspect.Signature]:
	"""Whitelisted functions of Frappe and ERPNext that take a DocType: dotted path → signature."""
	for app in ("frappe", "erpnext"):
		root = Path(frappe.get_app_path(app))
		for path in root.rglob("*.py"):
			if "test" in path.name or "@frappe.whitelist" not in path.read_text(encoding="utf-8"):
				continue
			try:
				importlib.import_module(".".join((app, *path.relative_to(root).with_suffix("").parts)))
			except Exception:
				continue  # needs what is not installed here
	found = {}
	for function in frappe.whitelisted:
		path = f"{function.__module__}.{function.__name__}"
		if not path.startswith(("frappe.", "erpnext.")) or path.startswith(LEFT_OUT):
			continue
		signature = inspect.signature(function)
		if set(signature.parameters) & set(DOCTYPE_ARGUMENTS):
			found[path] = signature
	return dict(sorted(found.items()))


def arguments(signature: inspect.Signature, doctype: str, name: str, value: str) -> dict:
	"""A request about one document, or about those whose title begins with `value`."""
	title = frappe.get_meta(doctype).get_title_field()
	known = {
		**dict.fromkeys(DOCTYPE_ARGUMENTS, doctype),
		**dict.fromkeys(NAME_ARGUMENTS, name),
		"names": json.dumps([name]),
		"docnames": json.dumps([name]),
		"filters": json.dumps([[doctype, title, "like", f"{value}%"]]),
		"current_filters": json.dumps([[doctype, title, "like", f"{value}%"]]),
		"fields": json.dumps(["name", title]),
		"stats": json.dumps([title]),
		**dict.fromkeys(("field", "fieldname", "searchfield", "sort_field"), title),
		**dict.fromkeys(("txt", "text", "search_term"), value),
		**dict.fromkeys(("start", "limit_start"), 0),
		**dict.fromkeys(("page_len", "page_length", "limit", "limit_page_length"), 20),
		"tag": value,
		"user": ANNA,
		"type": "coordinates",
	}
	known["docname"] = name
	return {
		argument: known[argument]
		for argument, parameter in signature.parameters.items()
		if argument in known and not (parameter.default is None and argument in ("parent",))
	}


PARTS_OF_FRAPPE = tuple(f"{number}/8" for number in range(1, 9)) if ALL else ("1/1",)


@pytest.mark.parametrize("part", PARTS_OF_FRAPPE)
def test_no_function_of_frappe_tells_anything_of_another_customer(world, part):
	"""Neither in words, nor by answering otherwise to a question that is true than to one that is not."""
	functions = functions_of_frappe()
	assert len(functions) > 100
	number, parts = (int(one) for one in part.split("/"))
	his = {doctype: name for doctype, name in world.ben.items() if frappe.db.exists("DocType", doctype)}
	his.pop("Customer")
	his.pop("Sales Invoice")
	user_without_role = f.user("nobody@rights.example")
	frappe.db.commit()
	asking = (ANNA, user_without_role, "Guest") if ALL else (ANNA,)
	turn = itertools.cycle(his.items())
	found = Findings(f"questions to functions of Frappe {part}")
	for (path, signature), user in itertools.product(list(functions.items())[number - 1 :: parts], asking):
		for doctype, name in his.items() if ALL else [next(turn), ("Repair Call", his["Repair Call"])]:
			answers = [
				ask(user, path, **arguments(signature, doctype, name, value))
				for value in (SECRET[:-1], "Qqqqqqq")
			]
			frappe.db.rollback()
			found.tried()
			case = f"{path} by {user} about {doctype}"
			found.add(
				*(f"{case}: {one[:500]}" for one in answers if SECRET in one.replace(f"{SECRET} Ltd", ""))
			)
			told, nothing = (
				answer.partition(MESSAGES)[0].replace(SECRET[:-1], "Qqqqqqq") for answer in answers
			)
			if told != nothing:
				found.add(f"{case} answers otherwise: {answers}")
	found.none()


def test_a_filter_for_a_name_tells_nothing(world):
	"""frappe.desk.search.get_link_title took a filter, and so told every column by halving."""
	asked = [
		{"customer": world.ben.Customer},
		json.dumps({"customer": world.ben.Customer}),
		{"subject": ("like", f"{SECRET}%")},
		[["Repair Call", "contact_email", "like", "%"]],
	]
	everybody = {**users(), "Anna": ANNA}
	everybody.pop("Administrator")
	for user, docname in itertools.product(everybody.values(), asked):
		answer = ask(user, "frappe.desk.search.get_link_title", doctype="Repair Call", docname=docname)
		assert f"{SECRET} is" not in answer and f"{SECRET} again" not in answer, (user, docname, answer)


@pytest.mark.parametrize("doctype", ["Service Category", "Fault Code"])
def test_titles_in_links_are_for_those_who_may_read(doctype):
	name = f.category("Titled", title=SECRET) if doctype == "Service Category" else f.fault_code(SECRET)
	told = {}
	for who, user in users().items():
		answer = ask(user, "frappe.desk.search.get_link_title", doctype=doctype, docname=name)
		by_filter = ask(
			user, "frappe.desk.search.get_link_title", doctype=doctype, docname=json.dumps({"name": name})
		)
		told[who] = (
			SECRET in answer.replace(f'"{name}"', "") if doctype == "Service Category" else bool(answer)
		)
		assert doctype == "Fault Code" or SECRET not in by_filter, (who, by_filter)
	if doctype == "Service Category":
		assert told == {
			**dict.fromkeys((*ROLES, "System Manager", "Administrator"), True),
			**dict.fromkeys(("nobody", "customer", "guest"), False),
		}


def test_a_to_do_of_ones_own_tells_no_title(world):
	"""Frappe sends the titles of all that a document links to, asked or not."""
	for doctype in ("Repair Call", "Customer Equipment"):
		frappe.set_user(ANNA)
		todo = frappe.get_doc(
			{
				"doctype": "ToDo",
				"description": "mine",
				"allocated_to": ANNA,
				"reference_type": doctype,
				"reference_name": world.ben[doctype],
			}
		)
		try:
			todo.insert()
		except frappe.PermissionError:
			continue
		finally:
			frappe.set_user("Administrator")
		answer = ask(ANNA, "frappe.desk.form.load.getdoc", doctype="ToDo", name=todo.name)
		assert SECRET not in answer, doctype


def test_tags_tell_no_titles(world):
	frappe.get_doc("Repair Call", world.ben["Repair Call"]).add_tag("urgent")
	assert frappe.db.get_value("Tag Link", {"document_name": world.ben["Repair Call"]}, "title")
	frappe.db.commit()
	for user, sees in ((ANNA, False), (f.user("agent@rights.example", "Service Agent"), True)):
		answers = [
			ask(user, "frappe.desk.doctype.tag.tag.get_documents_for_tag", tag="#urgent"),
			ask(user, "frappe.client.get_list", doctype="Tag Link", fields='["title"]'),
			ask(user, "frappe.client.get", doctype="Tag Link", filters=json.dumps({"tag": "urgent"})),
		]
		assert [SECRET in answer for answer in answers] == [sees] * 3, (user, answers)


# ---------------------------------------------------------------------------- technicians and calls


@pytest.fixture
def calls():
	shop = f.shop()
	user = f.user("tech@rights.example", "Service Technician")
	own = f.technician("Own Technician", shop.van, user=user)
	hidden = f.plain_call(shop.customer, subject=f"{SECRET} call", contact_phone="+35315557777")
	mine = f.plain_call(shop.customer, subject="My call", call_owner=user)
	return frappe._dict(shop=shop, user=user, own=own, hidden=hidden, mine=mine)


def test_a_technician_opens_no_call_by_a_job_of_his_own_making(calls):
	for doctype, values in (
		("Service Voucher", {"technician": calls.own}),
		("Collection Receipt", {"condition": "Scratched"}),
		("Repair Card", {}),
		("Loaner Issue", {}),
	):
		frappe.set_user(calls.user)
		with pytest.raises(frappe.PermissionError, match="not"):
			client.insert(
				{"doctype": doctype, "repair_call": calls.hidden.name, "company": f.COMPANY, **values}
			)
		assert not frappe.has_permission("Repair Call", "read", doc=calls.hidden.name)
		frappe.set_user("Administrator")
	# Nor by naming it on a visit he has
	frappe.set_user(calls.user)
	visit = f.make("Service Voucher", repair_call=calls.mine.name, technician=calls.own, company=f.COMPANY)
	visit.repair_call = calls.hidden.name
	with pytest.raises((frappe.PermissionError, frappe.ValidationError)):
		visit.save()
	assert not frappe.has_permission("Repair Call", "read", doc=calls.hidden.name)


def test_he_sees_the_call_he_is_dispatched_to(calls):
	visit = f.planned(calls.hidden, calls.own)
	visit.dispatch()
	frappe.set_user(calls.user)
	assert frappe.has_permission("Repair Call", "read", doc=calls.hidden.name)


@pytest.mark.parametrize("ignoring", ["0", "1"])
def test_searching_with_a_flag_shows_no_hidden_call(calls, ignoring):
	for method in ("search_link", "search_widget"):
		answer = ask(
			calls.user,
			f"frappe.desk.search.{method}",
			doctype="Repair Call",
			txt="",
			searchfield="contact_phone",
			ignore_user_permissions=ignoring,
		)
		assert "My call" in answer and SECRET not in answer and "5557777" not in answer, answer


# ---------------------------------------------------------------------------- workflows, orders


def test_restoring_a_workflow_needs_the_right_to_write_workflows():
	manager = f.user("boss@rights.example", "Service Manager")
	frappe.db.set_value("Workflow", "Repair Card", "is_active", 1)
	frappe.db.commit()
	with doors.asking(manager):
		with pytest.raises(frappe.PermissionError, match="right to write"):
			defaults.restore("Workflow", "Repair Card")
		assert not defaults.is_shipped("Workflow", "Repair Card")
		assert defaults.restore("Service Category", "A") == "A"
	assert frappe.db.get_value("Workflow", "Repair Card", "is_active") == 1


def test_restoring_keeps_what_is_on_or_off():
	admin = f.user("admin@rights.example", "System Manager")
	frappe.db.set_value("Workflow", "Repair Card", "is_active", 1)
	frappe.db.set_value("Service Category", "Goodwill", "disabled", 1)
	frappe.db.commit()
	with doors.asking(admin):
		defaults.restore("Workflow", "Repair Card")
		defaults.restore("Service Category", "Goodwill")
	assert frappe.db.get_value("Workflow", "Repair Card", "is_active") == 1
	assert frappe.db.get_value("Service Category", "Goodwill", "disabled") == 1


def test_an_order_is_for_what_is_stored_not_for_what_a_form_sends():
	shop = f.shop()
	supplier, evil = (
		f.once("Supplier", name, supplier_name=name, supplier_group="All Supplier Groups")
		for name in ("Baxi Spares", "Evil Supplies")
	)
	f.settings(vendor_repair_item=f.service_item("Vendor Repair", uom="Nos"))
	call = f.call(shop.customer, equipment=f.equipment(shop.customer))
	receipt = f.receipt(call)
	receipt.submit()
	card = f.received_card(call, collection_receipt=receipt.name, diagnosis="Control board dead")
	repair = f.make(
		"Vendor Repair", repair_card=card.name, supplier=supplier, cost=50, work_wanted="Repair the board"
	)
	forged = {**repair.as_dict(), "docstatus": 1, "supplier": evil, "cost": 99_999}
	frappe.db.commit()
	with doors.asking(f.user("workshop@rights.example", "Workshop Technician")):
		with pytest.raises(frappe.ValidationError, match="Send the product out first"):
			handler.run_doc_method("make_purchase_order", docs=frappe.as_json(forged))
	assert not frappe.get_all("Purchase Order", {"supplier": evil})
	assert frappe.db.get_value("Vendor Repair", repair.name, ["supplier", "cost"]) == (supplier, 50)


# ---------------------------------------------------------------------------- what logs prove


LOGS = {
	("Repair Card", "state_log"): {
		"status": "Ready",
		"entered_at": "2026-11-01 08:00:00",
		"user": "Administrator",
	},
	("Repair Card", "time_logs"): {"technician": "Aoife Doyle", "from_time": "2026-11-01 08:00:00"},
	("Collection Receipt", "moves"): {
		"location": "Lost",
		"moved_at": "2026-11-01 08:00:00",
		"moved_by": "Administrator",
	},
}


@pytest.fixture
def job():
	"""A product taken in, its card at work by one technician; another one tries."""
	shop = f.shop()
	call = f.call(shop.customer)
	receipt = f.receipt(call)
	receipt.submit()
	card = f.received_card(call, collection_receipt=receipt.name)
	card.start_diagnosis()
	card.start_work(shop.technician)
	receipt.reload()
	f.technician("Other Technician", user=f.user("workshop@rights.example", "Workshop Technician"))
	return {"Repair Card": card.name, "Collection Receipt": receipt.name}


def forgeries(doc, fieldname: str, row: dict) -> list[list[dict]]:
	"""The table with a row more, a row changed, a row less."""
	stored = json.loads(frappe.as_json([one.as_dict() for one in doc.get(fieldname)]))
	assert stored, fieldname
	return [[*stored, row], [{**stored[0], **row}, *stored[1:]], stored[1:]]


@pytest.mark.parametrize("doctype, fieldname", LOGS)
def test_no_role_forges_a_log(job, doctype, fieldname):
	doc = frappe.get_doc(doctype, job[doctype])
	before = [one.as_dict() for one in doc.get(fieldname)]
	frappe.db.commit()
	for role, (number, rows) in itertools.product(
		(*ROLES, "System Manager"), enumerate(forgeries(doc, fieldname, LOGS[doctype, fieldname]))
	):
		user = (
			"workshop@rights.example"
			if role == "Workshop Technician"
			else f.user(f"{frappe.scrub(role)}@rights.example", role)
		)
		if fieldname == "time_logs" and role in ("Service Manager", "Service Supervisor"):
			continue  # they correct logs, and the timeline says so
		frappe.db.commit()
		with doors.asking(user):
			with pytest.raises(frappe.PermissionError):
				client.save(frappe.as_json({**frappe.get_doc(doctype, doc.name).as_dict(), fieldname: rows}))
		frappe.db.rollback()
		stored = [one.as_dict() for one in frappe.get_doc(doctype, doc.name).get(fieldname)]
		assert stored == before, (role, number)


def test_a_supervisor_corrects_a_time_log_and_the_timeline_says_so(job):
	card = frappe.get_doc("Repair Card", job["Repair Card"])
	supervisor = f.user("sean@rights.example", "Service Supervisor")
	frappe.db.commit()
	with doors.asking(supervisor):
		card = frappe.get_doc("Repair Card", card.name)
		card.time_logs[0].to_time = frappe.utils.now_datetime()
		card.save()
	assert "Time logs of Aoife Doyle corrected" in comments(card)


# ---------------------------------------------------------------------------- every DocType, way and role

NEEDED = {
	"POST resource": "create",
	"PUT resource": "write",
	"DELETE resource": "delete",
	"client.save": "write",
	"client.save of a new one": "create",
	"client.submit": "write",
	"client.cancel": "cancel",
	"client.bulk_update": "write",
	"client.rename_doc": "write",
	"desk save": "write",
	"desk submit": "write",
	"desk cancel": "cancel",
	"list: delete": "delete",
	"list: bulk edit": "write",
	"Data Import": "create",
}


LISTING = ("GET resources", "client.get by filter", "desk list", "desk list, grouped", "search")
"""They may tell of other documents, which the user may read."""


@pytest.mark.parametrize("part", doctype_parts(ALL))
def test_no_role_does_by_any_way_what_it_has_no_right_to(part, request):
	who = users()
	who.pop("Administrator")
	docs = {}
	for doctype in doors.ours(istable=False):
		if not frappe.get_meta(doctype).issingle and part in ("", frappe.scrub(doctype)):
			docs[doctype] = doors.raw(doctype, docstatus=0, status=None, technician=None, amended_from=None)
			docs[doctype].name = f"door-{frappe.generate_hash(length=6)}"
			for table in docs[doctype].meta.get_table_fields():
				docs[doctype].set(table.fieldname, [])
			docs[doctype].db_insert()
	frappe.db.commit()
	turn = itertools.cycle(who.values())
	writing, reading = Findings(f"writings without the right {part}"), Findings(f"readings {part}")

	def lacking(doc, right: str) -> list[str]:
		found = [
			user for user in who.values() if not frappe.has_permission(doc.doctype, right, doc=doc, user=user)
		]
		return found if ALL else [user for user in [next(turn)] if user in found]

	for doctype, doc in docs.items():
		before = frappe.get_all(doctype, fields=["*"], order_by="name asc")
		for way, right in NEEDED.items():
			for user in lacking(doc, right):
				with request.node.held_transaction.writes() as written:
					_answer_of(doors.WRITING[way], doc, user, writing, way)
				if (
					doctype in written
					and frappe.get_all(doctype, fields=["*"], order_by="name asc") != before
				):
					writing.add(f"{user} {way} {doctype}: changed")
				frappe.db.rollback()
		for way in doors.READING:
			for user in lacking(doc, "read"):
				answer = _answer_of(doors.READING[way], doc, user, reading, way)
				if (doc.name if way in LISTING else SECRET) in answer:
					reading.add(f"{user} {way} {doctype}: {answer[:300]}")
				frappe.db.rollback()
	writing.none(part)
	reading.none(part)
	assert writing.count > 100 or part


def _answer_of(ask, doc, user: str, found: Findings, way: str) -> str:
	"""What `user` gets by one way; empty when it is refused, and a finding when it ends in a server error."""
	found.tried()
	with doors.asking(user):
		try:
			return ask(doc) or ""
		except (frappe.ValidationError, frappe.PermissionError):
			return ""
		except Exception as error:
			found.add(f"{user} {way} {doc.doctype}: {error!r}")
			return ""
