"""Rows of a register become records, or the reasons why not."""

import datetime
import html
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aftersales.service_desk.register_import import columns as c
from aftersales.service_desk.register_import.dates import detect_date_order, parse_date
from aftersales.service_desk.register_import.header_names import NAMES
from aftersales.service_desk.register_import.records import (
	MAX_DATA,
	BadRow,
	Record,
	RowReader,
	as_html,
	shorten,
	subject_from,
)
from aftersales.service_desk.register_import.rows import CellFault, SourceRow

# The same examples each time, however busy the machine is.
STEADY = settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TODAY = datetime.date(2026, 3, 1)
ORDS = (
	"id data_provider country partner_product_category product_category product_category_id brand"
	" year_of_manufacture product_age repair_status repair_barrier_if_end_of_life group_identifier"
	" event_date problem"
).split()
ORDS_ROW = {
	"id": "rcwales_3",
	"data_provider": "Repair Cafe Wales",
	"country": "GBR",
	"partner_product_category": "Electrical ~ Iron",
	"product_category": "Iron",
	"product_category_id": "40",
	"brand": "Unknown",
	"year_of_manufacture": "",
	"product_age": "",
	"repair_status": "Fixed",
	"repair_barrier_if_end_of_life": "",
	"group_identifier": "Cardiff Cathays",
	"event_date": "2017-04-01",
	"problem": "Iron Broken",
}
OWN = {
	"No": c.ID,
	"In": c.RECEIVED_AT,
	"Fault": c.FAULT,
	"Out": c.CLOSED_AT,
	"State": c.STATUS,
	"Result": c.OUTCOME,
	"Client": c.CUSTOMER,
	"Phone": c.PHONE,
	"Mail": c.EMAIL,
	"Via": c.CHANNEL,
	"Make": c.BRAND,
	"Serial": c.SERIAL,
	"Bought": c.PURCHASED,
	"Guarantee": c.WARRANTY,
	"Year": c.YEAR,
}


def ords_reader():
	return RowReader(c.ords_layout(ORDS), ORDS, TODAY)


def ords(reader=None, number=2, **changes):
	values = {**ORDS_ROW, **changes}
	return (reader or ords_reader()).read_row(SourceRow(number, tuple(values[name] for name in ORDS)))


def own_reader(date_order="DMY"):
	columns = {target: name for name, target in OWN.items()}
	return RowReader(c.Layout(columns, register_name="Old book", date_order=date_order), tuple(OWN), TODAY)


def own(reader=None, number=2, **changes):
	values = {name: "" for name in OWN} | {"No": "17", "In": "03.04.2019", "Fault": "no heat"} | changes
	return (reader or own_reader()).read_row(SourceRow(number, tuple(values.values())))


def problems(entry):
	assert isinstance(entry, BadRow)
	return [(problem.column, problem.value, problem.code) for problem in entry.problems]


# ------------------------------------------------------------------ Open Repair Data


def test_a_fixed_record_is_product_call_and_returned_card():
	record = ords()
	at = datetime.datetime(2017, 4, 1)
	assert record.external_id == "Repair Cafe Wales:rcwales_3"
	assert (record.register_name, record.customer, record.product_group) == ("Repair Cafe Wales", "", "Iron")
	assert record.equipment["brand"] == ""
	assert record.equipment["notes"] == "Electrical ~ Iron"
	assert record.call["subject"] == "Iron Broken"
	assert (record.call["received_at"], record.call["closed_at"]) == (at, at)
	assert (record.call["status"], record.call["channel"]) == ("Closed", "Walk-in")
	assert record.call["resolution"] == "Cardiff Cathays, GBR"
	assert record.call["resolved_at"] is None, "the file tells no time of repair, so none is invented"
	assert (record.card["status"], record.card["returned_at"]) == ("Returned", at)
	assert {record.equipment["external_id"], record.call["external_id"], record.card["external_id"]} == {
		record.external_id
	}


@pytest.mark.parametrize(
	("repair_status", "card_status"),
	[("Fixed", "Returned"), ("End of life", "Not Repairable"), ("Repairable", None), ("Unknown", None)],
)
def test_each_outcome_is_kept_and_gets_a_card_when_the_work_ended(repair_status, card_status):
	record = ords(repair_status=repair_status)
	assert record.outcome == record.call["register_outcome"] == repair_status
	assert (record.card["status"] if record.card else None) == card_status
	assert record.call["status"] == "Closed"


def test_the_barrier_is_the_reason_on_the_card_and_stands_on_the_call():
	record = ords(repair_status="End of life", repair_barrier_if_end_of_life="Spare parts not available")
	assert record.card["not_repairable_reason"] == "Spare parts not available"
	assert record.call["resolution"] == "Spare parts not available\nCardiff Cathays, GBR"
	assert record.equipment["status"] == "Out of Service"


def test_the_problem_is_kept_as_written_and_safe():
	record = ords(problem='Doesn\'t heat\n"beep" <b>loud</b> & <3 V')
	assert record.call["subject"] == "Doesn't heat"
	assert record.call["description"] == ('Doesn\'t heat<br>"beep" &lt;b&gt;loud&lt;/b&gt; &amp; &lt;3 V')


@pytest.mark.parametrize("problem", ["", ". . .", "-\n?", "<img src=x>"])
def test_a_problem_without_words_leaves_the_product_as_subject(problem):
	assert ords(problem=problem, brand="Bosch").call["subject"] == "Bosch Iron"


def test_a_long_problem_is_shortened_for_the_subject_only():
	text = "it does not turn on " * 20
	record = ords(problem=text.strip())
	assert len(record.call["subject"]) <= 140
	assert record.call["subject"].endswith("…")
	assert record.call["description"] == text.strip()


@pytest.mark.parametrize(
	("changes", "column", "value", "code"),
	[
		({"id": ""}, "id", "", "missing"),
		({"data_provider": ""}, "data_provider", "", "missing"),
		({"event_date": ""}, "event_date", "", "missing"),
		({"event_date": "2017-13-01"}, "event_date", "2017-13-01", "not_a_date"),
		({"event_date": "2017-02-29"}, "event_date", "2017-02-29", "not_a_date"),
		({"event_date": "01/04/2017"}, "event_date", "01/04/2017", "not_a_date"),
		({"event_date": "spring"}, "event_date", "spring", "not_a_date"),
		({"event_date": "2026-03-02"}, "event_date", "2026-03-02", "date_in_future"),
		({"event_date": "1717-04-01"}, "event_date", "1717-04-01", "impossible_date"),
		({"repair_status": ""}, "repair_status", "", "missing"),
		({"repair_status": "Mended"}, "repair_status", "Mended", "unknown_outcome"),
		({"repair_status": "repaired"}, "repair_status", "repaired", "unknown_outcome"),
		({"year_of_manufacture": "2018"}, "year_of_manufacture", "2018", "impossible_year"),
		({"year_of_manufacture": "1066"}, "year_of_manufacture", "1066", "impossible_year"),
		({"year_of_manufacture": "c. 1990"}, "year_of_manufacture", "c. 1990", "not_a_year"),
		({"brand": "B" * 141}, "brand", "B" * 141, "too_long"),
		({"id": "x" * 130}, "id", "x" * 130, "too_long"),
		({"id": "<7>"}, "id", "<7>", "brackets_in_name"),
		({"product_category": "A<B"}, "product_category", "A<B", "brackets_in_name"),
		({"problem": "ä" * 40_000}, "problem", "ä" * 40_000, "too_long"),
	],
)
def test_each_fault_names_its_column_value_and_reason(changes, column, value, code):
	assert problems(ords(**changes)) == [(column, value, code)]


def test_all_faults_of_a_row_are_found_at_once():
	entry = ords(id="", event_date="soon", repair_status="?")
	assert [problem.code for problem in entry.problems] == ["missing", "not_a_date", "unknown_outcome"]
	assert entry.number == 2


def test_an_id_used_twice_is_found_whatever_its_capitals():
	reader = ords_reader()
	assert isinstance(ords(reader, number=2), Record)
	assert problems(ords(reader, number=3, id="RCWALES_3")) == [("id", "RCWALES_3", "id_twice")]
	assert isinstance(ords(reader, number=4, data_provider="Fixit Clinic"), Record)


def test_an_otherwise_bad_row_still_takes_its_id():
	reader = ords_reader()
	assert [code for *_rest, code in problems(ords(reader, brand="B" * 141))] == ["too_long"]
	assert [code for *_rest, code in problems(ords(reader))] == ["id_twice"]


def test_a_row_of_the_wrong_shape_is_bad_as_a_whole():
	entry = ords_reader().read_row(SourceRow(9, ("a", "b"), "too_few_cells"))
	(problem,) = entry.problems
	assert (problem.row, problem.code, problem.params) == (9, "too_few_cells", {"found": 2, "expected": 14})


def test_an_excel_fault_is_told_for_its_column():
	assert problems(ords(problem=CellFault("excel_error", "#REF!"))) == [("problem", "#REF!", "excel_error")]


def test_missing_columns_are_named_in_the_order_of_the_standard():
	assert c.missing_ords_columns(["ID", "problem", "event_date"]) == [
		"data_provider",
		"product_category",
		"repair_status",
	]
	assert c.is_open_repair_data(ORDS)
	assert not c.is_open_repair_data(OWN)


# ------------------------------------------------------------------ own columns


def test_own_columns_are_read_by_the_mapping():
	record = own(
		Out="05.04.2019 16:30",
		Result="repaired",
		Client="Nora Byrne",
		Phone="+353 (0)1 555-0101",
		Mail="nora@example.com",
		Via="email",
		Make="Grant",
		Serial="SN-1",
		Bought="01.02.2015",
		Guarantee="01.02.2030",
		Year="2014",
	)
	assert record.external_id == "Old book:17"
	assert record.customer == "Nora Byrne"
	assert record.call["received_at"] == datetime.datetime(2019, 4, 3)
	assert record.call["closed_at"] == record.card["returned_at"] == datetime.datetime(2019, 4, 5, 16, 30)
	assert (record.call["channel"], record.call["contact_phone"]) == ("E-mail", "+353 (0)1 555-0101")
	assert record.outcome == "Fixed"
	assert record.equipment["serial_text"] == record.call["serial_text"] == "SN-1"
	assert record.equipment["purchase_date"] == datetime.date(2015, 2, 1)
	assert record.equipment["warranty_until"] == datetime.date(2030, 2, 1)
	assert record.equipment["year_of_manufacture"] == 2014


@pytest.mark.parametrize(
	("word", "status"),
	[
		("", "Closed"),
		("Done", "Closed"),
		("IN_PROGRESS", "Open"),
		("on-hold", "Open"),
		("Cancelled", "Cancelled"),
		("canceled", "Cancelled"),
	],
)
def test_words_of_a_status_mean_open_closed_or_cancelled(word, status):
	record = own(State=word)
	assert record.call["status"] == status
	assert bool(record.call["closed_at"]) == (status == "Closed")
	assert record.card is None


def test_an_excel_date_needs_no_format():
	record = own(In=datetime.datetime(2019, 4, 3, 9, 15))
	assert record.call["received_at"] == datetime.datetime(2019, 4, 3, 9, 15)


@pytest.mark.parametrize(
	("changes", "column", "code"),
	[
		({"State": "limbo"}, "State", "unknown_status"),
		({"Result": "sort of"}, "Result", "unknown_outcome"),
		({"State": "open", "Result": "fixed"}, "Result", "outcome_of_unfinished"),
		({"In": "04/13/2019"}, "In", "not_a_date"),
		({"In": "03.04.2019 25:00"}, "In", "not_a_date"),
		({"Out": "02.04.2019"}, "Out", "before_received"),
		({"Bought": "04.04.2019"}, "Bought", "after_received"),
		({"Via": "pigeon"}, "Via", "unknown_channel"),
		({"Client": "N" * 141}, "Client", "too_long"),
	],
)
def test_faults_of_own_columns_name_the_users_column(changes, column, code):
	assert [(found, why) for found, _value, why in problems(own(**changes))] == [(column, code)]


def test_a_column_that_is_not_mapped_is_no_fault():
	reader = RowReader(c.Layout({c.ID: "No", c.RECEIVED_AT: "In"}, register_name="Book"), ("No", "In"), TODAY)
	record = reader.read_row(SourceRow(2, ("5", "2019-04-03")))
	assert (record.call["subject"], record.outcome, record.card) == ("5", "Unknown", None)


def test_columns_are_proposed_from_their_names_each_meaning_once():
	assert c.propose(
		["Job No.", "Date received", "Problem", "Make", "Model", "S/N", "Tel", "FAULT", "x"]
	) == {
		"Job No.": c.ID,
		"Date received": c.RECEIVED_AT,
		"FAULT": c.FAULT,
		"Make": c.BRAND,
		"Model": c.MODEL,
		"S/N": c.SERIAL,
		"Tel": c.PHONE,
	}


def test_every_alias_belongs_to_a_meaning_the_form_offers():
	assert set(NAMES) <= set(c.TARGETS)
	assert set(c.ORDS_TARGETS.values()) <= {*c.TARGETS, c.REGISTER}


# ------------------------------------------------------------------ dates and texts


@pytest.mark.parametrize(
	("samples", "order"),
	[
		(["2019-04-03", ""], "YMD"),
		(["03/04/2019", "13/04/2019"], "DMY"),
		(["03/04/2019", "04/13/2019"], "MDY"),
		(["03/04/2019", "04/03/2019"], ""),
		(["13/04/2019", "04/13/2019"], ""),
		(["soon"], ""),
		([], ""),
	],
)
def test_order_of_a_date_is_found_only_when_sure(samples, order):
	assert detect_date_order(samples) == order


@settings(STEADY)
@given(
	at=st.datetimes(datetime.datetime(1900, 1, 1), datetime.datetime(2100, 1, 1)),
	separator=st.sampled_from("-./"),
)
def test_a_date_written_in_its_order_is_read_back(at, separator):
	at = at.replace(microsecond=0)
	layouts = {"YMD": ("%Y", "%m", "%d"), "DMY": ("%d", "%m", "%Y"), "MDY": ("%m", "%d", "%Y")}
	for order, parts in layouts.items():
		assert parse_date(at.strftime(separator.join(parts) + " %H:%M:%S"), order) == at
		assert parse_date(at.isoformat(), order) == at


@settings(STEADY)
@given(st.text(max_size=400))
def test_a_shortened_text_fits_one_line_and_starts_as_the_text(text):
	short = shorten(text)
	assert len(short) <= MAX_DATA
	assert "\n" not in short
	assert " ".join(text.split()).startswith(short.removesuffix("…"))


@settings(STEADY)
@given(st.text(st.characters(exclude_characters="\r"), max_size=200))
def test_no_text_becomes_markup_and_none_is_lost(text):
	shown_html = as_html(text)
	assert re.findall(r"<[^>]*>", shown_html) == ["<br>"] * text.count("\n")
	assert html.unescape(shown_html.replace("<br>", "\n")) == html.unescape(
		text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
	)


@settings(STEADY)
@given(st.text(max_size=300))
def test_a_subject_has_a_word_or_is_empty(text):
	subject = subject_from(text)
	assert subject == "" or re.search(r"\w", subject) or len(subject) == MAX_DATA


@settings(STEADY, max_examples=200)
@given(st.lists(st.text(max_size=40), min_size=14, max_size=14))
def test_any_row_is_a_record_or_bad_never_an_error(cells):
	entry = ords_reader().read_row(SourceRow(2, tuple(cells)))
	assert isinstance(entry, Record) or entry.problems
