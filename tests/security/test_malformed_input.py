"""Values that are none of their kind, in every field, argument and filter: a message, never a server error.

Generated from the DocTypes, the signatures and the reports. A sample runs here; `make fuzz` tries every value
(AFTERSALES_FUZZ), a test for each DocType or room. A value that a field cannot hold is refused with a message that
names the field.
"""

import inspect
import os
import random
import re
from pathlib import Path

import frappe
import pytest
from frappe.desk import query_report
from frappe.desk.form.save import savedocs
from frappe.model import no_value_fields, table_fields

from aftersales.core.input.requests import Rows, Values
from tests import discovery, malformed
from tests import factories as f
from tests.findings import Findings, doctype_parts, room_parts
from tests.one_of_each import stored_ones

EVERYTHING = bool(int(os.environ.get("AFTERSALES_FUZZ") or 0))
HOLDING_OTHERS = (Rows, Rows | None, Values, Values | None)
BAD = {
	**dict.fromkeys(("Date", "Datetime"), malformed.BAD_DATES),
	"Time": ("25:61", "noon", ["1"], {"a": 1}),
	**dict.fromkeys(
		("Int", "Check", "Float", "Currency", "Percent", "Duration", "Rating"), malformed.BAD_NUMBERS
	),
	**dict.fromkeys(table_fields, malformed.BAD_TABLES),
}


@pytest.fixture(scope="module")
def chance():
	return random.Random(20261130)


@pytest.fixture
def documents():
	return stored_ones(f.shop())


def some(values, chance: random.Random, most: int) -> list:
	"""All of them with `make fuzz`, else `most`."""
	values = list(values)
	return values if EVERYTHING or len(values) <= most else chance.sample(values, most)


def bad_values(field) -> tuple:
	if field.fieldtype in BAD:
		return BAD[field.fieldtype]
	if field.fieldtype == "JSON":
		return ("{", "x")
	long_text = ("x" * 5_000_000,) if frappe.db.type_map[field.fieldtype][0] == "longtext" else ()
	return (*long_text, *(malformed.BAD_TEXTS[1:] if long_text else malformed.BAD_TEXTS))


def doctypes_of(part: str) -> list[str]:
	return [doctype for doctype in discovery.doctypes() if part in ("", frappe.scrub(doctype))]


def functions_of(part: str) -> list[str]:
	return [path for path in discovery.functions() if not part or path.split(".")[1] == part]


def fields_of(doctype: str) -> list:
	return [field for field in frappe.get_meta(doctype).fields if field.fieldtype not in _no_column()]


def _no_column() -> set:
	return set(no_value_fields) - set(table_fields)


def findings_in(label: str | None, what: str, error: Exception | None, refused: bool) -> list[str]:
	"""What is wrong with the answer: a server error; let through or unnamed though it had to be refused."""
	if error is not None and not malformed.is_message(error):
		return [f"{what}: {type(error).__name__} {str(error)[:200]}"]
	if refused and error is None:
		return [f"{what}: taken"]
	if refused and label and label not in str(error):
		return [f"{what}: does not name the field: {str(error)[:200]}"]
	return []


def test_the_parts_are_the_whole():
	assert set(doctype_parts(True)) == {frappe.scrub(doctype) for doctype in discovery.doctypes()}
	rows = [doctype for doctype in discovery.doctypes() if frappe.get_meta(doctype).get_table_fields()]
	assert set(doctype_parts(True, holding='"Table')) >= {frappe.scrub(doctype) for doctype in rows}
	rooms = {path.split(".")[1] for path in discovery.functions()}
	rooms |= {frappe.scrub(frappe.get_meta(doctype).module) for doctype, _action in discovery.actions()}
	assert set(room_parts(True)) >= rooms


@pytest.mark.parametrize("part", doctype_parts(EVERYTHING))
def test_fields_of_documents(documents, chance, part):
	"""Insert, save, set_value and the form's own save, with a bad value in one field."""
	found = Findings(f"values in fields {part}")
	for doctype in doctypes_of(part):
		for field in fields_of(doctype):
			for bad in some(bad_values(field), chance, 1):
				for way in some(WAYS, chance, 1):
					what = f"{doctype}.{field.fieldname} = {repr(bad)[:60]} by {way.__name__}"
					error = malformed.outcome(way, doctype, documents.get(doctype), {field.fieldname: bad})
					found.add(*findings_in(field.label, what, error, refused=True))
					found.tried()
			for odd in some(malformed.ODD_TEXTS, chance, 1) if field.fieldtype not in BAD else ():
				for way in (chance.choice(WAYS),):
					what = f"{doctype}.{field.fieldname} = {repr(odd)[:60]} by {way.__name__}"
					error = malformed.outcome(way, doctype, documents.get(doctype), {field.fieldname: odd})
					found.add(*findings_in(field.label, what, error, refused=False))
					found.tried()
	found.none(part)
	assert found.count > 500 or EVERYTHING


@pytest.mark.parametrize("part", doctype_parts(EVERYTHING, holding='"Table'))
def test_fields_of_rows(documents, chance, part):
	found = Findings(f"values in rows {part}")
	for doctype in doctypes_of(part):
		for table in frappe.get_meta(doctype).get_table_fields():
			for field in fields_of(table.options):
				for bad in some(bad_values(field), chance, 1):
					for way in some(WAYS, chance, 1):
						what = f"{doctype}.{table.fieldname}.{field.fieldname} = {repr(bad)[:60]} by {way.__name__}"
						rows = {table.fieldname: [{field.fieldname: bad}]}
						error = malformed.outcome(way, doctype, documents.get(doctype), rows)
						found.add(*findings_in(field.label, what, error, refused=True))
						found.tried()
	found.none(part)


def _insert(doctype, doc, values):
	if frappe.get_meta(doctype).issingle:
		return _save(doctype, doc, values)
	frappe.client.insert({"doctype": doctype, **_plain(doc), **values})


def _save(doctype, doc, values):
	doc = _fresh(doctype, doc)
	doc.update(values)
	doc.save()


def _set_value(doctype, doc, values):
	doc = _fresh(doctype, doc)
	if doc.is_new():
		return _insert(doctype, None, values)
	frappe.client.set_value(doctype, doc.name, values)


def _form(doctype, doc, values):
	"""As the desk's form sends it; what JSON cannot say is sent as text."""
	sent = {**_fresh(doctype, doc).as_dict(), **values}
	savedocs(frappe.as_json(sent), "Save")


WAYS = (_insert, _save, _set_value, _form)


def _fresh(doctype, doc):
	if frappe.get_meta(doctype).issingle:
		return frappe.get_doc(doctype)
	return frappe.get_doc(doctype, doc.name) if doc else frappe.new_doc(doctype)


def _plain(doc) -> dict:
	"""The values of a document, to insert another like it."""
	return frappe.copy_doc(doc).as_dict() if doc else {}


@pytest.mark.parametrize(
	"sent", [{"validate": "x"}, {"run_method": 1}, {"labour": [{"get_valid_dict": "x"}]}]
)
def test_a_form_replaces_no_method(documents, sent):
	visit = documents["Service Voucher"]
	for way in WAYS:
		error = malformed.outcome(way, "Service Voucher", visit, sent)
		assert isinstance(error, frappe.ValidationError), (way.__name__, error)
		assert "is not a field" in str(error)


@pytest.mark.parametrize("part", room_parts(EVERYTHING))
def test_arguments_of_functions(documents, chance, part):
	found = Findings(f"arguments of functions {part}")
	known = {doctype: doc.name for doctype, doc in documents.items()}
	for path in functions_of(part):
		function = frappe.get_attr(path)
		for name, parameter in inspect.signature(function).parameters.items():
			for bad in some(bad_arguments(parameter), chance, 2):
				what = f"{path}({name}={repr(bad)[:60]})"
				sent = {**discovery.arguments(function, known), name: bad}
				found.add(*findings_in(None, what, malformed.outcome(function, **sent), refused=False))
				found.tried()
	found.none(part)


@pytest.mark.parametrize("part", room_parts(EVERYTHING))
def test_values_within_arguments(documents, chance, part):
	"""Of rows and of values by name, each value that the function reads."""
	found = Findings(f"values within arguments {part}")
	known = {doctype: doc.name for doctype, doc in documents.items()}
	seal = {"item_code": f.item("Gas Valve Seal"), "qty": 1}
	usual = {"document": "Quotation", "parts": [seal], "labour": [{"activity": "Repair", "hours": 1}]}
	for path in functions_of(part):
		function = frappe.get_attr(path)
		source = Path(inspect.getsourcefile(inspect.unwrap(function))).read_text()
		keys = sorted(
			{"name", *re.findall(r'\.get\("(\w+)"', source), *re.findall(r'given\["(\w+)"\]', source)}
		)
		for name, parameter in inspect.signature(function).parameters.items():
			if parameter.annotation not in HOLDING_OTHERS:
				continue
			for key in keys:
				for bad in some(malformed.EVERY_VALUE, chance, 2):
					what = f"{path}({name}: {key}={repr(bad)[:60]})"
					sent = {**discovery.arguments(function, known)}
					sent.update({one: value for one, value in usual.items() if one in sent})
					if parameter.annotation in (Values, Values | None):
						sent[name] = (
							{**(sent.get(name) or {}), key: bad}
							if isinstance(sent.get(name), dict)
							else {key: bad}
						)
					else:
						sent[name] = [{**(usual.get(name) or [{}])[0], key: bad}]
					found.add(*findings_in(None, what, malformed.outcome(function, **sent), refused=False))
					found.tried()
	found.none(part)
	assert found.count > 100 or EVERYTHING


@pytest.mark.parametrize("part", room_parts(EVERYTHING))
def test_arguments_of_actions(documents, chance, part):
	found = Findings(f"arguments of actions {part}")
	for doctype, action in discovery.actions():
		if part not in ("", frappe.scrub(frappe.get_meta(doctype).module)):
			continue
		stored = documents[doctype].name if doctype in documents else doctype
		parameters = inspect.signature(getattr(frappe.get_doc(doctype, stored), action)).parameters
		for name, parameter in parameters.items():
			for bad in some(bad_arguments(parameter), chance, 3):
				doc = frappe.get_doc(doctype, stored)
				sent = {**discovery.arguments(getattr(doc, action), {}), name: bad}
				error = malformed.outcome(doc.run_method, action, **sent)
				what = f"{doctype}.{action}({name}={repr(bad)[:60]})"
				found.add(*findings_in(None, what, error, refused=False))
				found.tried()
	found.none(part)


def test_missing_and_unknown_arguments_are_told(documents):
	doc = frappe.get_doc("Repair Call", documents["Repair Call"].name)
	with pytest.raises(frappe.ValidationError, match="promised_to"):
		doc.run_method("schedule", promised_from="2026-01-01 10:00:00")
	with pytest.raises(frappe.ValidationError, match="nonsense"):
		doc.run_method("triage", nonsense=1)


@pytest.mark.parametrize("bad", ["not-a-date", "2026-13-45", "0000-00-00", ["x"], None])
def test_a_bad_argument_is_named(documents, bad):
	doc = frappe.get_doc("Repair Call", documents["Repair Call"].name)
	with pytest.raises(frappe.ValidationError, match=r"Promised From.*Expected: a date and time such as"):
		doc.run_method("schedule", promised_from=bad, promised_to="2026-01-01 10:00:00")


def bad_arguments(parameter) -> tuple:
	if parameter.name == "self" or parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
		return ()
	return malformed.EVERY_VALUE


def test_filters_of_reports(chance, monkeypatch):
	f.shop()
	# Version 16 logs each refusal of a report, and cannot store half of a character that takes two
	monkeypatch.setattr(frappe, "log_error", lambda *args, **kwargs: None)
	found = Findings("filters of reports")
	for report in discovery.reports():
		usual = {"company": f.COMPANY, "from_date": "2026-01-01", "to_date": "2026-12-31"}
		names = sorted(set(usual) | filters_of(report))
		for name in names:
			for bad in some(malformed.EVERY_VALUE, chance, 2):
				sent = {**usual, name: bad}
				error = malformed.outcome(_run_report, report, sent)
				found.add(*findings_in(None, f"{report}({name}={repr(bad)[:60]})", error, refused=False))
				found.tried()
	found.none()


def filters_of(report: str) -> set[str]:
	"""The filters that the report's form offers."""
	module = frappe.scrub(frappe.db.get_value("Report", report, "module"))
	name = frappe.scrub(report)
	script = Path(frappe.get_app_path("aftersales", module, "report", name, f"{name}.js")).read_text()
	return set(re.findall(r"fieldname: \"(\w+)\"", script))


def _run_report(report: str, filters: dict) -> None:
	query_report.run(report, filters=filters, ignore_prepared_report=True)
