"""A register file as a header and rows: encodings, delimiters, quotes, Excel, and files that are none."""

import csv
import datetime
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aftersales.service_desk.register_import.encodings import Encoding, detect_encoding
from aftersales.service_desk.register_import.reading import content_hash, open_register
from aftersales.service_desk.register_import.rows import CellFault, FileProblem, shown


@pytest.fixture
def write(tmp_path):
	def write(content: str | bytes, encoding="utf-8", name="register.csv"):
		path = tmp_path / name
		path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
		return path

	return write


@pytest.fixture
def workbook(tmp_path):
	def save(*rows, change=None):
		book = openpyxl.Workbook()
		for row in rows:
			book.active.append(row)
		if change:
			change(book)
		path = tmp_path / "register.xlsx"
		book.save(path)
		return path

	return save


def read(path, **options):
	with open_register(path, **options) as register:
		return register.header, [(row.number, *row.cells) for row in register.rows]


def refusal(path, **options) -> FileProblem:
	with pytest.raises(FileProblem) as caught:
		read(path, **options)
	return caught.value


# ------------------------------------------------------------------ CSV


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found_though_the_text_is_full_of_others(write, delimiter):
	path = write(
		delimiter.join(["id", "date", "fault"])
		+ "\n"
		+ "\n".join(delimiter.join([str(n), "2020-01-01", '"a, b; c | d\te"']) for n in range(9))
	)
	with open_register(path) as register:
		assert register.delimiter == delimiter
		assert register.header == ("id", "date", "fault")
		assert {row.cells[2] for row in register.rows} == {"a, b; c | d\te"}


def test_one_column_needs_no_delimiter(write):
	assert read(write("id\n1\n2\n")) == (("id",), [(2, "1"), (3, "2")])


@pytest.mark.parametrize(
	("encoding", "found"),
	[("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("cp1252", "Windows-1252"), ("utf-16", "UTF-16")],
)
def test_encoding_is_found_and_marks_at_the_start_are_no_part_of_the_first_name(write, encoding, found):
	path = write("id,fault\n1,Gerät läuft nicht – “aus”\n", encoding)
	with open_register(path) as register:
		assert register.encoding.name == found
		assert register.header == ("id", "fault")
		assert next(iter(register.rows)).cells == ("1", "Gerät läuft nicht – “aus”")


def test_encoding_is_found_from_the_whole_file_not_only_its_start(tmp_path):
	path = tmp_path / "late.csv"
	path.write_bytes(b"id,fault\n" + b"1,plain\n" * 100_000 + "2,Gerät\n".encode("cp1252"))
	assert detect_encoding(path).name == "Windows-1252"


def test_a_character_across_two_blocks_is_no_wrong_encoding(tmp_path):
	path = tmp_path / "block.csv"
	path.write_bytes(b"i" * ((1 << 16) + 1) + "ä".encode() + b"\n1\n")
	assert detect_encoding(path) == Encoding("UTF-8", certain=True)


@pytest.mark.parametrize(("chosen", "written"), [("UTF-8", "cp1252"), ("UTF-16", "utf-8")])
def test_a_wrongly_chosen_encoding_is_said(write, chosen, written):
	problem = refusal(write("id,fault\n1,Gerät\n", written), encoding=chosen)
	assert problem.code == "wrong_encoding"
	assert problem.params["encoding"] == chosen


def test_wrong_bytes_far_down_are_said_too(tmp_path):
	path = tmp_path / "late.csv"
	path.write_bytes(b"id,fault\n" + b"1,plain\n" * 50_000 + "2,Gerät\n".encode("cp1252"))
	assert refusal(path, encoding="UTF-8").code == "wrong_encoding"


def test_quoted_line_breaks_stay_in_the_cell_and_count_as_one_row(write):
	path = write('id,fault\r\n1,"no power\r\nno light"\r\n2,"says ""beep"""\r\n')
	assert read(path)[1] == [(2, "1", "no power\nno light"), (3, "2", 'says "beep"')]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(write):
	assert read(write("id,fault\n\n1,a\n,\n\n2,b\n"))[1] == [(3, "1", "a"), (6, "2", "b")]


def test_a_row_of_another_width_is_marked_and_the_next_is_read(write):
	with open_register(
		write("id,date,fault\n1,2020-01-01,a,b\n2,2020-01-01\n3,2020-01-01,c,,\n")
	) as register:
		rows = list(register.rows)
	assert [(row.number, row.fault) for row in rows] == [
		(2, "too_many_cells"),
		(3, "too_few_cells"),
		(4, None),
	]


def test_a_quote_in_the_wrong_place_spoils_its_row_only(write):
	with open_register(write('id,fault\n1,"a" b\n2,c\n')) as register:
		rows = list(register.rows)
	assert [(row.number, row.fault) for row in rows] == [(2, "not_csv"), (3, None)]


def test_a_quote_never_closed_is_a_bad_row_not_a_lost_rest(write):
	with open_register(write('id,fault\n1,a\n2,"b\n3,c\n')) as register:
		rows = list(register.rows)
	assert [row.fault for row in rows] == [None, "not_csv"]


def test_control_characters_are_dropped_and_line_breaks_made_equal(write):
	assert read(write(b'id,fault\n1," a\x07b\rc\x0b "\n'))[1] == [(2, "1", "ab\nc")]


def test_a_column_without_a_name_is_kept_in_place(write):
	assert read(write("id,,fault\n1,x,a\n")) == (("id", "", "fault"), [(2, "1", "x", "a")])


@pytest.mark.parametrize(
	("content", "code"),
	[
		(b"", "file_empty"),
		(b"  \n\n ", "file_empty"),
		(b",,\n,,\n", "file_empty"),
		(b"\x89PNG\x00\x01", "not_a_register"),
		(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "old_excel"),
		(b"PK\x03\x04 no archive", "broken_excel"),
		(b"id,fault,id\n1,a,2\n", "column_twice"),
		(b"rcwales_3,Fixed,2017-04-01\nrcwales_4,Fixed,2017-04-01\n", "no_header"),
		(b"1,2,a\n3,4,b\n", "no_header"),
	],
)
def test_what_is_no_register_is_refused_with_its_reason(write, content, code):
	assert refusal(write(content)).code == code


def test_a_missing_file_is_refused(tmp_path):
	assert refusal(tmp_path / "gone.csv").code == "file_missing"


def test_rows_are_read_one_at_a_time(write):
	path = write("id,fault\n1,a\n2,b\n" + "x" * 10)
	with open_register(path) as register:
		assert next(iter(register.rows)).number == 2


def test_content_hash_changes_with_one_byte(write):
	before = content_hash(write("id\n1\n"))
	assert content_hash(write("id\n1\n")) == before
	assert content_hash(write("id\n2\n")) != before


# The same examples each time, however busy the machine is.
STEADY = settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
cell_text = st.text(
	st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff"), max_size=30
).map(str.strip)


@settings(STEADY, max_examples=150)
@given(
	rows=st.lists(st.tuples(st.integers(0, 10**9).map(str), cell_text, cell_text), min_size=1, max_size=20),
	delimiter=st.sampled_from(",;\t|"),
	encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
	quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_whatever_a_csv_writer_wrote_is_read_back(tmp_path_factory, rows, delimiter, encoding, quoting):
	path = tmp_path_factory.mktemp("written") / "register.csv"
	with open(path, "w", newline="", encoding=encoding) as stream:
		writer = csv.writer(stream, delimiter=delimiter, quoting=quoting)
		writer.writerow(["number", "what is wrong", "made by"])
		writer.writerows(rows)
	header, found = read(path, delimiter=delimiter)
	assert header == ("number", "what is wrong", "made by")
	assert [row[1:] for row in found] == rows


# ------------------------------------------------------------------ Excel


def test_excel_values_come_as_a_person_sees_them(workbook):
	path = workbook(
		["id", "date", "year", "done", "note"],
		[1690, datetime.date(2020, 1, 31), 2009.0, True, "  two\nlines "],
		[1691, datetime.datetime(2020, 1, 31, 14, 30), 9.5, None, None],
	)
	header, rows = read(path)
	assert header == ("id", "date", "year", "done", "note")
	assert rows == [
		(2, "1690", datetime.datetime(2020, 1, 31), "2009", "True", "two\nlines"),
		(3, "1691", datetime.datetime(2020, 1, 31, 14, 30), "9.5", "", ""),
	]


def test_excel_blank_rows_are_skipped_and_numbers_kept(workbook):
	assert read(workbook(["id"], [None], ["1"], [None], [None]))[1] == [(3, "1")]


def test_a_formula_gives_its_stored_value_and_is_bad_without_one(workbook):
	path = workbook(["id", "fault"], ["1", "=1+1"])
	((_number, _id, cell),) = read(path)[1]
	assert cell == CellFault("formula_without_value", "=1+1")

	# Excel stores the value beside the formula; openpyxl cannot write that, so put it there.
	stored = path.with_name("stored.xlsx")
	with zipfile.ZipFile(path) as source, zipfile.ZipFile(stored, "w") as target:
		for member in source.infolist():
			content = source.read(member)
			if member.filename == "xl/worksheets/sheet1.xml":
				assert b"<f>1+1</f><v" in content
				content = content.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>").replace(
					b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>"
				)
			target.writestr(member, content)
	assert read(stored)[1] == [(2, "1", "2")]


def test_an_excel_error_is_a_fault_of_its_cell(workbook):
	((_number, _id, cell),) = read(workbook(["id", "fault"], ["1", "#N/A"]))[1]
	assert cell == CellFault("excel_error", "#N/A")
	assert shown(cell) == "#N/A"


def test_the_first_visible_sheet_is_read_or_the_one_named(workbook):
	def more_sheets(book):
		book.active.sheet_state = "hidden"
		book.create_sheet("Repairs").append(["id"])
		book["Repairs"].append(["7"])

	path = workbook(["old"], ["1"], change=more_sheets)
	assert read(path) == (("id",), [(2, "7")])
	assert read(path, sheet="Sheet") == (("old",), [(2, "1")])
	problem = refusal(path, sheet="Nope")
	assert (problem.code, problem.params["sheets"]) == ("sheet_missing", "Sheet, Repairs")


def test_an_archive_that_is_no_workbook_is_refused(tmp_path):
	path = tmp_path / "register.xlsx"
	with zipfile.ZipFile(path, "w") as archive:
		archive.writestr("readme.txt", "no workbook")
	assert refusal(path).code == "not_a_register"


def test_a_workbook_that_unpacks_to_too_much_is_refused_unopened(tmp_path, monkeypatch):
	from aftersales.service_desk.register_import import excel_file

	monkeypatch.setattr(excel_file, "MAX_UNPACKED_BYTES", 1000)
	path = tmp_path / "register.xlsx"
	with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
		archive.writestr("xl/workbook.xml", "")
		archive.writestr("xl/worksheets/sheet1.xml", "0" * 1001)
	assert refusal(path).code == "too_big_unpacked"


def test_a_cut_off_workbook_is_refused(workbook):
	path = workbook(["id"], ["1"])
	path.write_bytes(path.read_bytes()[:-200])
	assert refusal(path).code == "broken_excel"


FAR = b"2000000000"


@pytest.mark.parametrize(
	("found", "instead"),
	[
		(b'<row r="3"', b'<row r="%s"' % FAR),
		(b'<row r="1"', b'<row r="%s"' % FAR),
		(b'r="B3"', b'r="ZZZZZZ3"'),
		(b'<row r="3"', b'<row r="three"'),
		(b"</sheetData>", b"<sheetData"),
		(b'<row r="3"', b'<row r="' + b"9" * 5000 + b'"'),
		(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A2:A%s"/></mergeCells>' % (b"9" * 5000)),
	],
	ids=[
		"a row far below",
		"all rows far below",
		"no such column",
		"no number",
		"cut off",
		"digits",
		"merged",
	],
)
def test_a_sheet_that_is_damaged_inside_is_refused_at_once(workbook, found, instead):
	path = workbook(["id", "fault"], ["1", "cold"], ["2", "warm"])
	damaged = path.with_name("damaged.xlsx")
	with zipfile.ZipFile(path) as source, zipfile.ZipFile(damaged, "w") as target:
		for member in source.infolist():
			content = source.read(member)
			if member.filename == "xl/worksheets/sheet1.xml":
				assert found in content
				content = content.replace(found, instead)
			target.writestr(member, content)
	assert refusal(damaged).code == "broken_excel"
