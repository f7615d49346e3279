"""Rows of our documents by themselves: nobody writes them, and who may not read the document reads none of them.

Generated from the DocTypes: every child DocType in every parent, every way of `tests/security/doors.py`, every
role alone, a user without roles, a customer, a guest, Administrator. The normal run takes one user for each
combination of table and way, another one each time; `make doors` (AFTERSALES_ALL_DOORS=1) takes all, in a test for
each DocType that has rows.
"""

import itertools
import os

import frappe
import pytest
from frappe import client, handler
from frappe.api import v1
from frappe.desk import reportview
from frappe.desk.form.save import savedocs

from tests import factories as f
from tests.findings import Findings, doctype_parts
from tests.security import doors
from tests.security.doors import NUMBER, ROLES, SECRET

ALL = bool(os.environ.get("AFTERSALES_ALL_DOORS"))
HIDDEN = {
	("Service Technician", "cost_rate"),
	("Service Technician", "education"),
	("Service Technician", "grade_exception"),
	("Service Technician", "in_service_since"),
	("Service Technician", "price_basis"),
	("Service Technician", "price_rate"),
	("Service Labour Line", "cost_rate"),
	("Service Part Line", "valuation_amount"),
	("Service Voucher", "parts_cost"),
	("Service Voucher", "labour_cost"),
	("Service Voucher", "vendor_cost"),
	("Repair Card", "parts_cost"),
	("Repair Card", "labour_cost"),
	("Product Exchange", "cost"),
	("Product Refurbishment", "cost"),
	("Product Refurbishment", "stock_value"),
	("Product Refurbishment", "work_cost"),
}
"""What is above permission level 0."""


def users() -> dict[str, str]:
	"""Who tries, by name: each role alone, and those without any."""
	return {
		**{role: _stored_user(role, role) for role in (*ROLES, "System Manager")},
		"nobody": _stored_user("nobody"),
		"customer": _stored_user("customer", "Customer", user_type="Website User"),
		"guest": "Guest",
		"Administrator": "Administrator",
	}


def _stored_user(name: str, *roles: str, user_type: str = "System User") -> str:
	"""A user as it is stored, without the mails, contacts and settings that Frappe makes for a new one."""
	email = f"{frappe.scrub(name)}@doors.example"
	if not frappe.db.exists("User", email):
		user = frappe.new_doc("User", email=email, first_name=name, user_type=user_type, enabled=1)
		user.name = email
		user.db_insert()
		for role in roles:
			frappe.new_doc(
				"Has Role", parent=email, parenttype="User", parentfield="roles", role=role
			).db_insert()
	return email


WITH_ROWS = doctype_parts(ALL, holding='"Table')


def tables(part: str = "") -> list[tuple[str, str, str]]:
	"""(child, parent, fieldname): every table of rows, or those of one DocType."""
	found = [(child, *place) for child in doors.ours(istable=True) for place in doors.parents_of(child)]
	return [table for table in found if part in ("", frappe.scrub(table[1]))]


def cases(ways: dict, part: str = "") -> list[tuple]:
	"""((child, parent, fieldname), way, user) for all of them, or for one user each in turn."""
	who = users()
	if ALL:
		return [(table, way, one) for table in tables(part) for way in ways for one in who.values()]
	turn = itertools.cycle(who.values())
	return [(table, way, next(turn)) for table in tables(part) for way in ways]


def test_the_parts_are_the_whole():
	ours = {frappe.scrub(parent) for _child, parent, _field in tables()}
	others = {frappe.scrub(parent) for _child, parent, _field in tables() if not _is_ours(parent)}
	assert set(doctype_parts(True, holding='"Table')) >= ours - others
	assert not others, "rows of ours in documents of others: make doors needs a part for them"


def _is_ours(doctype: str) -> bool:
	return doctype in doors.ours(istable=False)


def stored(child: str) -> list[dict]:
	return frappe.get_all(child, fields=["*"], order_by="name asc")


@pytest.mark.parametrize("part", WITH_ROWS)
@pytest.mark.parametrize("docstatus", [0, 1])
def test_nobody_writes_a_row_by_itself(docstatus, part, request):
	found = Findings(f"writes of rows {part} {docstatus}")
	rows = {table: doors.raw_row(*table, docstatus=docstatus)[1] for table in tables(part)}
	before = {child: stored(child) for child, *_place in rows}
	frappe.db.commit()
	for table, way, user in cases(doors.WRITING, part):
		with doors.asking(user), request.node.held_transaction.writes() as written:
			try:
				doors.WRITING[way](rows[table])
				if way not in doors.TELLING_NO_ERROR:
					found.add(f"{user} {way} {table}: went through")
			except Exception as error:
				if not isinstance(error, frappe.PermissionError):
					found.add(f"{user} {way} {table}: {error!r}")
		if table[0] in written and stored(table[0]) != before[table[0]]:
			found.add(f"{user} {way} {table}: changed")
		frappe.db.rollback()
		found.tried()
	found.none(part)
	assert found.count == len(tables(part)) * len(doors.WRITING) * (len(users_counted()) if ALL else 1)


def users_counted() -> tuple:
	return (*ROLES, "System Manager", "nobody", "customer", "guest", "Administrator")


def test_a_refusal_says_what_to_do():
	_doc, row = doors.raw_row("Service Labour Line", "Service Voucher", "labour")
	with doors.asking(f.user("boss@doors.example", "Service Manager")):
		with pytest.raises(
			frappe.PermissionError, match="part of Service Voucher and cannot be changed by itself"
		):
			doors.WRITING["POST resource"](row)


@pytest.mark.parametrize("part", WITH_ROWS)
def test_who_may_not_read_the_document_reads_none_of_its_rows(part):
	found, told_to = Findings(f"readings of rows {part}"), set()
	there = doc = row = None
	for table, way, user in cases(doors.READING, part):
		child, parent, fieldname = table
		if table != there:
			# One row at a time: a list holds those of other documents, which the user may be allowed to read
			if row:
				frappe.db.delete(row.doctype, {"name": row.name})
			doc, row = doors.raw_row(*table)
			frappe.db.commit()
			there = table
		may = frappe.has_permission(parent, "read", doc=doc, user=user)
		field = frappe.get_meta(parent).get_field(fieldname)
		may = may and field.permlevel in {0, *frappe.get_meta(parent).get_permlevel_access("read", user=user)}
		with doors.asking(user):
			try:
				answer = doors.READING[way](row)
			except Exception as error:
				if not isinstance(error, frappe.ValidationError | frappe.PermissionError):
					found.add(f"{user} {way} {table}: {error!r}")
				answer = ""
		told = [
			word for word in (SECRET, str(NUMBER), row.name) if word in answer.replace(f'"{row.parent}"', "")
		]
		if way == "client.validate_link":
			told = [word for word in told if word != row.name]  # the name that was asked for
		if told and not may:
			found.add(f"{user} {way} {table}: {told} {answer[:300]}")
		if told and may:
			told_to.add((child, way))
		frappe.db.rollback()
		found.tried()
	found.none(part)
	assert told_to, "nobody was told anything: the test asks wrongly"


def test_a_technician_reads_no_rows_of_visits_of_others():
	"""Neither by the row, nor by lists of rows, nor by lists of visits joined with them."""
	shop, user = f.shop(), f.user("tech@doors.example", "Service Technician")
	own = f.technician("Own Technician", shop.van, user=user)
	visits = [
		f.voucher(f.call(shop.customer), technician, labour=[f.hours(2, description=technician)])
		for technician in (shop.technician, own)
	]
	foreign, mine = (visit.labour[0] for visit in visits)
	with doors.asking(user):
		lists = [
			client.get_list(
				"Service Labour Line", fields=["name"], parent="Service Voucher", limit_page_length=0
			),
			client.get_list("Service Voucher", fields=["labour.name as name"], limit_page_length=0),
		]
		for rows in lists:
			assert [row.name for row in rows] == [mine.name]
		assert client.get("Service Labour Line", mine.name, parent="Service Voucher")["hours"] == 2
		for name in (foreign.name,):
			with pytest.raises(frappe.PermissionError):
				client.get("Service Labour Line", name, parent="Service Voucher")


# ---------------------------------------------------------------------------- above the permission level


def test_what_is_above_level_0_is_known():
	found = set()
	for doctype in (*doors.ours(istable=True), *doors.ours(istable=False)):
		meta = frappe.get_meta(doctype)
		found |= {
			(doctype, field.fieldname)
			for field in meta.get_high_permlevel_fields()
			if field.fieldname in meta.get_valid_columns()
		}
	assert found == HIDDEN


def queries(doctype: str, fieldname: str) -> list[dict]:
	"""Lists that would tell a field without showing it: arguments of frappe.client.get_list."""
	column = f"`tab{doctype}`.`{fieldname}`"
	value = "2026-01-01" if frappe.get_meta(doctype).get_field(fieldname).fieldtype == "Date" else NUMBER
	found = []
	lists = [{"doctype": doctype}]
	if frappe.get_meta(doctype).istable:
		lists = [{"doctype": doctype, "parent": parent} for parent, _field in doors.parents_of(doctype)]
		lists += [{"doctype": parent} for parent, _field in doors.parents_of(doctype)]
	for base in lists:
		found += [
			{**base, "fields": ["name", f"{column} as told"]},
			{**base, "fields": ["name", f"max({column}) as told"]},
			{**base, "fields": ["name", f"ifnull(`tab{base['doctype']}`.`name`, {column}) as told"]},
			{**base, "filters": [[doctype, fieldname, "=", value]]},
			{**base, "filters": [[doctype, fieldname, ">=", value]]},
			{**base, "or_filters": [[doctype, fieldname, "is", "set"]]},
			{**base, "order_by": f"{column} desc"},
			{**base, "group_by": column, "fields": ["count(*) as told"]},
		]
	return found


@pytest.mark.parametrize("door", ["client", "desk"])
def test_lists_tell_nothing_above_the_level_of_who_asks(door, record_property):
	tried = refused = 0
	who = [f.user(f"{frappe.scrub(role)}@doors.example", role) for role in ROLES]
	for doctype, fieldname in sorted(HIDDEN):
		parent = doors.parents_of(doctype)[0] if frappe.get_meta(doctype).istable else (doctype, None)
		rows = (
			doors.raw_row(doctype, *parent)
			if parent[1]
			else (doors.raw(doctype, name=frappe.generate_hash(), technician=None),)
		)
		if not parent[1]:
			rows[0].db_insert()
		for user, query in itertools.product(who, queries(doctype, fieldname)):
			levels = frappe.get_meta(parent[0]).get_permlevel_access("read", user=user)
			table = frappe.get_meta(parent[0]).get_field(parent[1]) if parent[1] else None
			may = frappe.get_meta(doctype).get_field(fieldname).permlevel in levels and (
				not table or table.permlevel in {0, *levels}
			)
			if may:
				continue
			tried += 1
			try:
				with doors.asking(user):
					if door == "client":
						answer = client.get_list(**query, limit_page_length=0)
					else:
						form = {
							key: value if isinstance(value, str) else frappe.as_json(value)
							for key, value in query.items()
						}
						form["parent_doctype"] = form.pop("parent", None)
						frappe.local.form_dict.update({"fields": '["name"]', **form})
						answer = reportview.get_list()
			except (frappe.PermissionError, frappe.DataError, frappe.ValidationError):
				refused += 1
				continue
			# Not refused: then the field was left out, and nothing depends on it
			assert "filters" not in query and "or_filters" not in query and "order_by" not in query, (
				user,
				query,
			)
			assert not any((row or {}).get("told") for row in answer), (user, query, answer)
	record_property("tried", tried)
	print(f"\n{tried} tried")
	assert tried > 300 and refused > tried / 2


def test_who_has_the_level_filters_and_sorts():
	name = f.technician("Aoife Doyle")
	with doors.asking(f.user("boss@doors.example", "Service Manager")):
		found = client.get_list(
			"Service Technician", filters={"cost_rate": (">=", 30)}, order_by="cost_rate desc"
		)
		assert name in [row.name for row in found]


def test_an_export_holds_nothing_above_the_level_of_who_exports():
	f.technician("Aoife Doyle")
	method = "frappe.core.doctype.data_import.data_import.download_template"
	exports = {
		("Service Voucher", "labour", "cost_rate"): "Service Supervisor",
		("Service Technician", "Service Technician", "cost_rate"): "Service Supervisor",
	}
	for (doctype, key, fieldname), role in exports.items():
		form = {"doctype": doctype, "export_records": "all", "file_type": "CSV"}
		form["export_fields"] = frappe.as_json({doctype: ["name"], key: ["name", fieldname]})
		with doors.asking(f.user(f"{frappe.scrub(role)}@doors.example", role), **form):
			with pytest.raises(frappe.PermissionError, match="cannot export"):
				handler.execute_cmd(method)
		with doors.asking(f.user("boss@doors.example", "Service Manager"), **form):
			handler.execute_cmd(method)


# ---------------------------------------------------------------------------- through the parent


def _put(visit, rows) -> None:
	frappe.local.form_dict.data = frappe.as_json({"labour": rows})
	v1.update_doc(visit.doctype, visit.name)


def _client_save(visit, rows) -> None:
	client.save(frappe.as_json({**frappe.get_doc(visit.doctype, visit.name).as_dict(), "labour": rows}))


def _desk_save(visit, rows) -> None:
	savedocs(frappe.as_json({**frappe.get_doc(visit.doctype, visit.name).as_dict(), "labour": rows}), "Save")


def _set_value(visit, rows) -> None:
	client.set_value("Service Labour Line", rows[0]["name"], {"name": rows[1]["name"], "hours": 0.5})


def test_a_document_takes_no_row_that_is_not_its_own():
	"""Frappe writes a row by its name, wherever it stands: a save could carry off rows of a submitted visit."""
	shop, user = f.shop(), f.user("tech@doors.example", "Service Technician")
	own = f.technician("Own Technician", shop.van, user=user)
	theirs, mine = (
		f.voucher(f.call(shop.customer), technician, labour=[f.hours(1)])
		for technician in (shop.technician, own)
	)
	theirs.submit()
	frappe.db.commit()
	before = stored("Service Labour Line")
	own_row = mine.labour[0].name
	names = {"of another visit": theirs.labour[0].name, "not there": "nowhere", "sent twice": own_row}
	for (taken, name), send in itertools.product(names.items(), (_put, _client_save, _desk_save, _set_value)):
		if (taken, send) == ("sent twice", _set_value):
			continue  # changes nothing of the name
		rows = [
			{"name": own_row, **f.hours(1)},
			{"name": name, "doctype": "Service Labour Line", **f.hours(0.5)},
		]
		with doors.asking(user):
			with pytest.raises(frappe.PermissionError, match="row"):
				send(mine, rows)
		frappe.db.rollback()
		assert stored("Service Labour Line") == before, (taken, send)
