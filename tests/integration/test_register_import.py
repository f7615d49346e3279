"""An existing register comes in: checked first, imported in the background, once, all of a record or nothing."""

import csv
import html
import io
import re
from collections import Counter
from pathlib import Path

import frappe
import openpyxl
import pytest
from frappe.core.doctype.file.file import File

from aftersales.service_desk.register_import import jobs
from tests import factories
from tests.processes import wait_for

FIXIT = "ords-fixit-clinic-202507.csv"
ORDS_HEADER = (
	"id,data_provider,country,partner_product_category,product_category,product_category_id,brand,"
	"year_of_manufacture,product_age,repair_status,repair_barrier_if_end_of_life,group_identifier,event_date,problem"
)
OURS = ("Repair Card", "Repair Call", "Customer Equipment")


def ords_row(number, status="Fixed", **changes):
	values = {
		"id": f"t_{number}",
		"data_provider": "Test Cafe",
		"country": "IRL",
		"partner_product_category": "Kitchen ~ Kettle",
		"product_category": "Kettle",
		"product_category_id": "14",
		"brand": "Bosch",
		"year_of_manufacture": "2015",
		"product_age": "",
		"repair_status": status,
		"repair_barrier_if_end_of_life": "",
		"group_identifier": "Dublin",
		"event_date": "2024-05-04",
		"problem": "does not boil",
		**changes,
	}
	return list(values.values())


def ords_csv(*rows) -> bytes:
	text = io.StringIO()
	writer = csv.writer(text)
	writer.writerow(ORDS_HEADER.split(","))
	writer.writerows(rows)
	return text.getvalue().encode()


def attach(content: bytes, name="register.csv") -> str:
	file = frappe.get_doc({"doctype": "File", "file_name": name, "is_private": 1, "content": content})
	return file.insert().file_url


def new_import(content: bytes, name="register.csv", **values):
	"""A saved Register Import, as after the request that saved it."""
	doc = frappe.get_doc(
		{
			"doctype": "Register Import",
			"import_file": attach(content, name),
			"company": factories.COMPANY,
			"create_customers": 1,
			"request_type": "Repair",
			"service_category": "A",
			**values,
		}
	).insert()
	frappe.db.commit()
	return doc


def checked(*args, **kwargs):
	doc = new_import(*args, **kwargs)
	doc.check_file()
	frappe.db.commit()  # small files are checked within the request; larger ones after it
	doc.reload()
	return doc


def imported(doc):
	"""Start the import and do here what the background worker does; tests of the worker itself come last."""
	doc.start_import()
	doc.reload()
	assert doc.status == "Queued"
	jobs.run_import(doc.name, doc.attempt)
	doc.reload()
	return doc


def counts(provider: str) -> dict:
	like = {"external_id": ["like", f"{provider}:%"]}
	return {doctype: frappe.db.count(doctype, like) for doctype in OURS}


def outcomes(provider: str) -> Counter:
	calls = frappe.get_all(
		"Repair Call",
		filters={"external_id": ["like", f"{provider}:%"]},
		pluck="register_outcome",
		order_by="name",
	)
	return Counter(calls)


def reasons(doc):
	return [(row.row_number, row.column_name, row.cell_value) for row in doc.errors]


@pytest.fixture(autouse=True)
def files_removed(monkeypatch):
	"""A rollback takes the File records back, not the files: remove those that a test wrote."""
	written = []
	write_file = File.write_file

	def remember(self):
		path = write_file(self)
		written.append(self.get_full_path())
		return path

	monkeypatch.setattr(File, "write_file", remember)
	yield
	for path in written:
		Path(path).unlink(missing_ok=True)


# ------------------------------------------------------------------ the real register


def test_a_real_register_goes_in_as_it_is(shared_data):
	content = (shared_data / FIXIT).read_bytes()
	rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
	expected = Counter(row["repair_status"] for row in rows)
	ledgers = {
		d: frappe.db.count(d) for d in ("Stock Entry", "Sales Invoice", "GL Entry", "Follow-up", "ToDo")
	}

	doc = checked(content, FIXIT)
	assert (doc.status, doc.failure) == ("Checked", None)
	assert (doc.rows_total, doc.rows_good, doc.rows_bad, doc.rows_already) == (1033, 1033, 0, 0)
	assert (doc.count_fixed, doc.count_repairable) == (expected["Fixed"], expected["Repairable"])
	assert (doc.count_end_of_life, doc.count_unknown) == (expected["End of life"], expected["Unknown"])
	assert doc.new_customers == "Open Repair Data – Fixit Clinic (1033)"
	assert counts("Fixit Clinic") == dict.fromkeys(OURS, 0), "a check writes nothing"

	imported(doc)
	assert (doc.status, doc.rows_imported, doc.rows_done, doc.rows_bad) == ("Done", 1033, 1033, 0)
	assert outcomes("Fixit Clinic") == expected
	cards = frappe.get_all(
		"Repair Card",
		filters={"external_id": ["like", "Fixit Clinic:%"], "docstatus": 1},
		pluck="status",
		order_by="name",
	)
	assert Counter(cards) == {"Returned": expected["Fixed"], "Not Repairable": expected["End of life"]}
	assert counts("Fixit Clinic")["Customer Equipment"] == 1033
	assert {d: frappe.db.count(d) for d in ledgers} == ledgers, "history posts, bills and plans nothing"

	calls = {
		call.external_id: call
		for call in frappe.get_all(
			"Repair Call",
			filters={"external_id": ["like", "Fixit Clinic:%"]},
			fields=["external_id", "description", "received_at", "status", "equipment", "name"],
			order_by="name",
		)
	}
	for row in rows:
		call = calls[f"Fixit Clinic:{row['id']}"]
		told = html.unescape((call.description or "").replace("<br>", "\n"))
		assert told == row["problem"].strip()
		assert (str(call.received_at.date()), call.status) == (row["event_date"], "Closed")
		assert call.name.startswith(f"RC-{row['event_date'][:4]}-"), "numbered in the year it was received"

	again = imported(checked(content, FIXIT))
	assert (again.rows_already, again.rows_imported, again.status) == (1033, 0, "Done")
	assert counts("Fixit Clinic")["Repair Call"] == 1033


# ------------------------------------------------------------------ check


def test_the_check_lists_every_bad_row_and_the_import_leaves_them_out():
	doc = checked(
		ords_csv(
			ords_row(1),
			ords_row(2, event_date="2024-02-30"),
			ords_row(3, status="Mended"),
			ords_row(1),
			ords_row(4, year_of_manufacture="2025", id=""),
			ords_row(5, "End of life"),
		)
	)
	assert (doc.rows_total, doc.rows_good, doc.rows_bad) == (6, 2, 4)
	assert reasons(doc) == [
		(3, "event_date", "2024-02-30"),
		(4, "repair_status", "Mended"),
		(5, "id", "t_1"),
		(6, "id", ""),
		(6, "year_of_manufacture", "2025"),
	]
	assert doc.errors[0].reason == "Is not a date written as YYYY-MM-DD."

	listed = frappe.get_doc("File", {"file_url": doc.bad_rows_file})
	assert listed.is_private
	text = Path(listed.get_full_path()).read_text(encoding="utf-8-sig")
	bad = list(csv.reader(io.StringIO(text)))
	assert bad[0][:14] == ORDS_HEADER.split(",")
	assert [(row[0], row[14]) for row in bad[1:]] == [("t_2", "3"), ("t_3", "4"), ("t_1", "5"), ("", "6")]

	imported(doc)
	assert (doc.status, doc.rows_imported, doc.rows_bad) == ("Done", 2, 4)
	assert outcomes("Test Cafe") == {"Fixed": 1, "End of life": 1}


def test_the_list_of_bad_rows_mended_is_a_register_again():
	doc = imported(checked(ords_csv(ords_row(1), ords_row(2, event_date="yesterday"))))
	listed = Path(frappe.get_doc("File", {"file_url": doc.bad_rows_file}).get_full_path()).read_bytes()
	mended = imported(checked(listed.replace(b"yesterday", b"2024-05-05"), "mended.csv"))
	assert (mended.rows_total, mended.rows_imported, mended.rows_bad) == (1, 1, 0)
	assert counts("Test Cafe")["Repair Call"] == 2


@pytest.mark.parametrize(
	("content", "name", "words"),
	[
		(b"", "empty.csv", "empty"),
		(ORDS_HEADER.encode(), "header.csv", "no rows"),
		(b"id,problem\n1,x\n", "other.csv", "data_provider, product_category, repair_status, event_date"),
		(ords_csv(ords_row(1)).split(b"\n", 1)[1], "headless.csv", "looks like data"),
		(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, "old.xls", "Save it as an .xlsx"),
		(b"PK\x03\x04broken", "broken.xlsx", "damaged"),
	],
)
def test_a_file_that_is_no_register_is_refused_with_what_to_do(content, name, words):
	if not content:
		# Frappe keeps no empty upload; it can only become empty afterwards.
		doc = new_import(b"id\n", name)
		Path(frappe.get_doc("File", {"file_url": doc.import_file}).get_full_path()).write_bytes(b"")
		doc.check_file()
		frappe.db.commit()
		doc.reload()
	else:
		doc = checked(content, name)
	assert doc.status == "Failed"
	assert words in doc.failure
	with pytest.raises(frappe.ValidationError, match="Check the file first"):
		doc.start_import()


def test_a_wrongly_chosen_encoding_is_said():
	doc = checked(ords_csv(ords_row(1, problem="Gerät")).decode().encode("cp1252"), encoding="UTF-8")
	assert doc.status == "Failed"
	assert "not written in UTF-8" in doc.failure
	doc.encoding = ""
	doc.save()
	doc.check_file()
	frappe.db.commit()
	doc.reload()
	assert (doc.status, doc.found_kind) == ("Checked", "CSV, Windows-1252, Comma")


def test_unknown_customers_are_bad_rows_unless_they_may_be_created():
	doc = checked(ords_csv(ords_row(1)), create_customers=0)
	assert (doc.rows_bad, doc.errors[0].cell_value) == (1, "Open Repair Data – Test Cafe")
	doc.customer = factories.customer("Dublin Repair Cafe")
	doc.save()
	assert doc.status == "Draft", "another customer is another import: it has to be checked"
	doc.check_file()
	frappe.db.commit()
	imported(doc.reload() or doc)
	assert (
		frappe.db.get_value("Repair Call", {"external_id": "Test Cafe:t_1"}, "customer")
		== "Dublin Repair Cafe"
	)
	assert not frappe.db.exists("Customer", "Open Repair Data – Test Cafe")


def test_product_groups_become_item_groups_only_when_wished():
	imported(checked(ords_csv(ords_row(1))))
	product = {"external_id": "Test Cafe:t_1"}
	assert frappe.db.get_value("Customer Equipment", product, ["model", "item_group"]) == ("Kettle", None)
	assert not frappe.db.exists("Item Group", "Kettle")

	doc = checked(
		ords_csv(ords_row(2), ords_row(3)), create_item_groups=1, item_group_parent="All Item Groups"
	)
	assert doc.new_item_groups == "Kettle (2)"
	imported(doc)
	product = {"external_id": "Test Cafe:t_3"}
	assert frappe.db.get_value("Customer Equipment", product, ["model", "item_group"]) == (None, "Kettle")
	assert frappe.db.get_value("Repair Call", product, "item_group") == "Kettle"


def test_the_own_register_goes_out_as_open_repair_data_and_comes_back():
	doc = checked(ords_csv(ords_row(1), ords_row(2, "End of life"), ords_row(3, "Repairable")))
	imported(doc)
	from frappe.desk.query_report import run

	filters = {"company": factories.COMPANY, "from_date": "2024-05-01", "to_date": "2024-05-31"}
	asked = run("Open Repair Data", filters={**filters, "data_provider": "Our Shop"})
	header = [column["fieldname"] for column in asked["columns"]]
	assert header == ORDS_HEADER.split(",")
	ours = [row for row in asked["result"] if row["id"].startswith("Test Cafe:")]
	assert [(row["repair_status"], row["event_date"], row["brand"]) for row in ours] == [
		("Fixed", "2024-05-04", "Bosch"),
		("End of life", "2024-05-04", "Bosch"),
		("Repairable", "2024-05-04", "Bosch"),
	]
	assert {(row["data_provider"], row["year_of_manufacture"], row["product_age"]) for row in ours} == {
		("Our Shop", 2015, 9)
	}
	again = checked(ords_csv(*([str(row[name]) for name in header] for row in ours)), name="again.csv")
	assert (again.rows_good, again.rows_bad) == (3, 0)


# ------------------------------------------------------------------ own columns


def own_workbook() -> bytes:
	book = openpyxl.Workbook()
	book.active.append(
		[
			"Job No",
			"Received",
			"Closed",
			"Status",
			"Result",
			"Customer",
			"Tel",
			"Make",
			"Serial No",
			"Fault",
			"Shelf",
		]
	)
	from datetime import datetime as at

	book.active.append(
		[
			17,
			at(2021, 3, 4),
			at(2021, 3, 9),
			"done",
			"repaired",
			"Nora Byrne",
			"01 555 0101",
			"Grant",
			"G-1",
			"no heat",
			4,
		]
	)
	book.active.append(
		[
			18,
			at(2022, 1, 2),
			None,
			"in progress",
			None,
			"Nora Byrne",
			None,
			"grant",
			"G-1",
			"again no heat",
			None,
		]
	)
	book.active.append([19, at(2022, 1, 3), None, "done", None, "Sean Nolan", None, None, None, None, 2])
	stream = io.BytesIO()
	book.save(stream)
	return stream.getvalue()


def test_own_columns_from_excel_are_mapped_checked_and_imported():
	factories.customer("Nora Byrne")
	doc = new_import(own_workbook(), "book.xlsx", file_format="Own columns", register_name="Old book")
	assert {row.source_column: row.target for row in doc.columns} == {
		"Job No": "Id",
		"Received": "Received at",
		"Closed": "Closed at",
		"Status": "Status",
		"Result": "Outcome",
		"Customer": "Customer",
		"Tel": "Phone",
		"Make": "Brand",
		"Serial No": "Serial Number",
		"Fault": "Fault as Told",
		"Shelf": None,
	}
	assert doc.columns[0].sample == "17"
	doc.check_file()
	frappe.db.commit()
	imported(doc.reload() or doc)
	assert (doc.rows_imported, doc.rows_bad) == (3, 0)

	done, again, bare = (
		frappe.get_doc("Repair Call", {"external_id": f"Old book:{n}"}) for n in (17, 18, 19)
	)
	assert (done.customer, done.status, done.register_outcome) == ("Nora Byrne", "Closed", "Fixed")
	assert str(done.closed_at) == "2021-03-09 00:00:00"
	assert again.equipment == done.equipment, "the same serial of the same customer is one product"
	assert (again.status, again.call_owner) == ("Open", "Administrator")
	assert again.next_action and again.next_action_by, "every open call has a next action (R-IN-1)"
	assert (bare.customer, bare.register_outcome, bare.subject) == ("Sean Nolan", "Unknown", "19")
	assert counts("Old book") == {"Repair Card": 1, "Repair Call": 3, "Customer Equipment": 2}


SPANISH = (
	"Taller Norte;;;;;\n"
	"N.º de ficha;Fecha de recepción;Cliente;Teléfono;Avería;Estado\n"
	"1;05/03/2024;José Núñez;030/123 ext. 12;No enciende;Reparado\n"
	"2;25/03/2024;José Núñez;n/a;Pierde agua;Esperando la señora\n"
)


def own(text: str, encoding="utf-8", **values):
	return checked(
		text.encode(encoding), "registro.csv", file_format="Own columns", register_name="Taller", **values
	)


def test_a_spanish_register_is_read_and_its_unknown_words_are_asked_for():
	doc = own(SPANISH)
	assert (doc.found_kind, doc.found_date_format) == (
		"CSV, UTF-8, Semicolon, column names in row 2",
		"DD-MM-YYYY",
	)
	assert (doc.rows_good, doc.rows_bad, doc.rows_with_remarks) == (1, 1, 1)
	assert [(row.kind, row.word, row.row_count, row.meaning) for row in doc.words] == [
		("Status", "Esperando la señora", 1, ""),
		("Status", "Reparado", 1, "Fixed"),
	]

	doc.words[0].meaning = "Open"
	doc.save()
	assert doc.status == "Draft", "what a word means decides what is imported: check again"
	doc.check_file()
	frappe.db.commit()
	imported(doc.reload() or doc)
	assert (doc.rows_imported, doc.rows_bad) == (2, 0)
	first, second = (frappe.get_doc("Repair Call", {"external_id": f"Taller:{n}"}) for n in (1, 2))
	assert (first.status, first.register_outcome, str(first.received_at)) == (
		"Closed",
		"Fixed",
		"2024-03-05 00:00:00",
	)
	assert (first.contact_phone, first.resolution) == ("030 123", "Phone: 030/123 ext. 12")
	assert (second.status, second.contact_phone) == ("Open", None)


def test_words_are_listed_by_the_check_alone_and_mean_what_their_column_can():
	doc = own(SPANISH)
	doc.words[0].word = "Reparado"
	doc.append("words", {"kind": "Status", "word": "Listo", "meaning": "Open"})
	doc.save()
	assert [row.word for row in doc.words] == ["Esperando la señora", "Reparado"]
	doc.words[0].meaning = "Phone"
	with pytest.raises(frappe.ValidationError, match="Phone is no meaning of a word in the column Status"):
		doc.save()


def test_a_guessed_encoding_must_be_looked_at_before_anything_is_imported():
	doc = own(SPANISH.replace("Esperando la señora", "Pendiente"), "cp1252")
	assert doc.encoding_guessed and doc.found_kind.startswith("CSV, Windows-1252 (guessed)")
	with pytest.raises(frappe.ValidationError, match="The encoding of the file is a guess"):
		doc.start_import()
	readings = doc.encodings()
	assert readings[0]["encoding"] == "Windows-1252" and readings[0]["likely"]
	assert any("José Núñez" in line for line in readings[0]["lines"])
	assert any("Núńez" in "".join(reading["lines"]) for reading in readings[1:]), "others to compare with"

	doc.encoding = "Windows-1252"
	doc.save()
	doc.check_file()
	frappe.db.commit()
	doc.reload()
	assert not doc.encoding_guessed
	assert not reasons(doc)
	imported(doc)
	assert frappe.db.get_value("Repair Call", {"external_id": "Taller:1"}, "customer") == "José Núñez"


def test_dates_that_can_be_read_in_two_ways_are_asked_for():
	doc = own("Job No;Received;Customer\n1;05/03/2024;Nora\n2;06/03/2024;Nora\n")
	assert doc.status == "Failed"
	assert "can be read in several ways (05/03/2024)" in doc.failure
	doc.date_format = "MM-DD-YYYY"
	doc.save()
	doc.check_file()
	frappe.db.commit()
	imported(doc.reload() or doc)
	at = frappe.db.get_value("Repair Call", {"external_id": "Taller:1"}, "received_at")
	assert str(at) == "2024-05-03 00:00:00"


def test_a_mapping_that_cannot_work_is_refused_by_the_check():
	values = dict(file_format="Own columns", register_name="Book")
	doc = new_import(b"no,when,what\n1,2020-01-01,x\n", **values)
	doc.columns[0].target = None
	doc.save()
	doc.check_file()
	doc.reload()
	assert "No column is mapped to: Id, Received at." in doc.failure
	for row in doc.columns:
		row.target = "Id"
	doc.save()
	doc.check_file()
	doc.reload()
	assert "Two columns are mapped to Id." in doc.failure


def test_a_register_of_own_columns_needs_a_name():
	with pytest.raises(frappe.MandatoryError):
		new_import(b"id,date\n1,2020-01-01\n", file_format="Own columns")


# ------------------------------------------------------------------ all or nothing, once


def test_a_record_that_is_refused_half_way_leaves_nothing(monkeypatch):
	from aftersales.repair_workshop.doctype.repair_card.repair_card import RepairCard

	def refuse(self):
		if self.external_id == "Test Cafe:t_2":
			frappe.throw("This card is not wanted here.")

	monkeypatch.setattr(RepairCard, "before_insert", refuse, raising=False)
	doc = imported(checked(ords_csv(ords_row(1), ords_row(2), ords_row(3, "Unknown"))))
	assert (doc.status, doc.rows_imported, doc.rows_bad) == ("Done", 2, 1)
	assert doc.errors[0].reason == "Refused: This card is not wanted here."
	assert counts("Test Cafe") == {"Repair Card": 1, "Repair Call": 2, "Customer Equipment": 2}


def test_what_this_site_demands_besides_is_told_in_its_own_words():
	frappe.make_property_setter(
		{
			"doctype": "Repair Call",
			"fieldname": "referral",
			"property": "reqd",
			"value": 1,
			"property_type": "Check",
		}
	)
	doc = imported(checked(ords_csv(ords_row(1))))
	assert (doc.rows_imported, doc.rows_bad) == (0, 1)
	assert "How Did You Find Us" in doc.errors[0].reason
	assert counts("Test Cafe") == dict.fromkeys(OURS, 0)


def test_an_error_stops_the_import_and_keeps_whole_batches_only(monkeypatch):
	monkeypatch.setattr(jobs, "BATCH", 2)
	monkeypatch.setattr(frappe, "log_error", lambda *args, **kwargs: None)
	from aftersales.service_desk.register_import import writing

	write = writing.Writer.write

	def fail_at_the_fourth(self, record):
		if record.external_id == "Test Cafe:t_4":
			raise ZeroDivisionError
		write(self, record)

	rows = ords_csv(*(ords_row(n) for n in range(1, 7)))
	doc = checked(rows)
	with monkeypatch.context() as broken:
		broken.setattr(writing.Writer, "write", fail_at_the_fourth)
		imported(doc)
	assert (doc.status, doc.rows_imported) == ("Failed", 2)
	assert counts("Test Cafe") == dict.fromkeys(OURS, 2)

	imported(doc)
	assert (doc.status, doc.rows_imported, doc.rows_already) == ("Done", 6, 0)
	assert counts("Test Cafe") == dict.fromkeys(OURS, 6)


def test_a_deadlock_only_repeats_its_batch(monkeypatch):
	monkeypatch.setattr(jobs, "BATCH", 2)
	from aftersales.service_desk.register_import import writing

	write = writing.Writer.write
	failed = []

	def deadlock_once(self, record):
		write(self, record)
		if record.external_id == "Test Cafe:t_4" and not failed:
			failed.append(record)
			raise frappe.QueryDeadlockError

	monkeypatch.setattr(writing.Writer, "write", deadlock_once)
	doc = imported(checked(ords_csv(*(ords_row(n) for n in range(1, 6)))))
	assert failed
	assert (doc.status, doc.rows_imported, doc.rows_done) == ("Done", 5, 5)
	assert counts("Test Cafe") == dict.fromkeys(OURS, 5)


def test_a_stopped_import_ends_after_its_batch_and_goes_on_later(monkeypatch):
	monkeypatch.setattr(jobs, "BATCH", 2)
	doc = checked(ords_csv(*(ords_row(n) for n in range(1, 8))))
	publish = jobs._publish

	def press_stop(name, done, total, over=False):
		publish(name, done, total, over)
		if done == 4 and not over:
			frappe.get_doc("Register Import", name).stop_import()

	with monkeypatch.context() as pressed:
		pressed.setattr(jobs, "_publish", press_stop)
		imported(doc)
	assert (doc.status, doc.rows_imported, doc.rows_done) == ("Stopped", 4, 4)
	imported(doc)
	assert (doc.status, doc.rows_imported, doc.rows_done, doc.rows_already) == ("Done", 7, 7, 0)
	assert counts("Test Cafe")["Repair Call"] == 7


def test_an_id_that_differs_only_in_capitals_from_an_imported_one_is_a_bad_row():
	imported(checked(ords_csv(ords_row(1))))
	doc = imported(checked(ords_csv(ords_row(1, id="T_1"), ords_row(2)), "second.csv"))
	assert (doc.rows_imported, doc.rows_bad) == (1, 1)
	assert "has this id already" in doc.errors[0].reason
	assert counts("Test Cafe")["Customer Equipment"] == 2


def test_a_job_of_an_older_start_does_nothing():
	doc = checked(ords_csv(ords_row(1)))
	doc.start_import()
	doc.reload()
	old = doc.attempt
	doc.stop_import()
	doc.reload()
	assert doc.status == "Stopped"
	jobs.run_import(doc.name, old)
	doc.reload()
	assert (doc.status, counts("Test Cafe")["Repair Call"]) == ("Stopped", 0)


# ------------------------------------------------------------------ guards


def test_no_import_without_a_check_of_exactly_this():
	doc = new_import(ords_csv(ords_row(1)))
	with pytest.raises(frappe.ValidationError, match="Check the file first"):
		doc.start_import()
	doc.check_file()
	frappe.db.commit()
	doc.reload()

	path = Path(frappe.get_doc("File", {"file_url": doc.import_file}).get_full_path())
	content = path.read_bytes()
	path.write_bytes(content + ords_csv(ords_row(2)).split(b"\n", 1)[1])
	with pytest.raises(frappe.ValidationError, match="file has changed since the check"):
		doc.start_import()
	path.unlink()
	with pytest.raises(frappe.ValidationError, match="not on the server any more"):
		doc.start_import()
	path.write_bytes(content)
	doc.start_import()


def test_a_file_changed_while_the_job_waited_is_not_imported():
	doc = checked(ords_csv(ords_row(1)))
	doc.start_import()
	doc.reload()
	path = Path(frappe.get_doc("File", {"file_url": doc.import_file}).get_full_path())
	path.write_bytes(ords_csv(ords_row(1), ords_row(2)))
	jobs.run_import(doc.name, doc.attempt)
	doc.reload()
	assert doc.status == "Failed"
	assert "changed since the check" in doc.failure
	assert counts("Test Cafe")["Repair Call"] == 0


def test_what_a_client_sends_cannot_pretend_a_check():
	doc = new_import(ords_csv(ords_row(1)))
	sent = frappe.get_doc(doc.as_dict())
	sent.update({"status": "Checked", "rows_good": 1, "checked_options": "x", "checked_file": "x"})
	with pytest.raises(frappe.ValidationError, match="Check the file first"):
		sent.start_import()
	for fieldname, value in {"status": "Checked", "rows_good": 9, "checked_file": "x", "attempt": 5}.items():
		with pytest.raises(frappe.PermissionError):
			frappe.client.set_value("Register Import", doc.name, fieldname, value)
	doc.append("errors", {"row_number": 1, "reason": "made up"})
	doc.save()
	doc.reload()
	assert doc.errors == []


def test_a_second_start_and_changes_are_refused_while_it_runs():
	doc = checked(ords_csv(ords_row(1)))
	doc.note(status="Importing")
	doc.reload()
	with other_connection_holds_lock(doc.checked_file):
		with pytest.raises(frappe.ValidationError, match="already running"):
			doc.start_import()
		with pytest.raises(frappe.ValidationError, match="Nothing can be changed"):
			doc.save()
		with pytest.raises(frappe.ValidationError, match="cannot be deleted"):
			doc.delete()
		same_file = checked(ords_csv(ords_row(1)))
		with pytest.raises(frappe.ValidationError, match="same file is being imported"):
			same_file.start_import()
		assert doc.progress()["alive"]
	wait_for(lambda: not doc.progress()["alive"], 10, "the lock goes with its connection")
	imported(doc)
	assert doc.status == "Done", "a run whose process has died is continued"


class other_connection_holds_lock:
	def __init__(self, file_hash):
		self.key = jobs._lock_key(file_hash)

	def __enter__(self):
		from frappe.database import get_db

		conf = frappe.conf
		self.db = get_db(host=conf.db_host, port=conf.db_port, user=conf.db_name, password=conf.db_password)
		assert self.db.sql("select get_lock(%s, 0)", self.key)[0][0] == 1

	def __exit__(self, *error):
		self.db.close()


def test_only_managers_may_import():
	doc = checked(ords_csv(ords_row(1)))
	supervisor = factories.user("import-supervisor@example.com", "Service Supervisor", "Service Agent")
	manager = factories.user("import-manager@example.com", "Service Manager")
	frappe.set_user(supervisor)
	for action in ("check_file", "start_import", "stop_import", "propose_columns", "progress"):
		with pytest.raises(frappe.PermissionError):
			getattr(doc, action)()
	frappe.set_user(manager)
	doc.start_import()


def test_customers_are_created_only_by_who_may():
	manager = factories.user("import-manager@example.com", "Service Manager")
	doc = new_import(ords_csv(ords_row(1)), create_item_groups=1, item_group_parent="All Item Groups")
	frappe.set_user(manager)
	assert not frappe.has_permission("Item Group", "create")
	with pytest.raises(frappe.PermissionError):
		doc.check_file()


def test_a_file_of_somebody_else_cannot_be_read_through_an_import():
	manager = factories.user("import-manager@example.com", "Service Manager")
	secret = attach(ords_csv(ords_row(1, problem="salaries")), "secret.csv")
	frappe.set_user(manager)
	doc = frappe.get_doc(
		{
			"doctype": "Register Import",
			"import_file": secret,
			"company": factories.COMPANY,
			"request_type": "Repair",
			"service_category": "A",
		}
	)
	with pytest.raises(frappe.ValidationError, match="no permission to read"):
		doc.insert()


@pytest.mark.parametrize(
	"url", ["https://example.com/r.csv", "/private/files/../site_config.json", "/etc/passwd"]
)
def test_only_uploaded_files_are_read(url):
	doc = new_import(ords_csv(ords_row(1)))
	doc.import_file = url
	with pytest.raises(frappe.ValidationError):
		doc.save()
	doc.db_set("import_file", url)
	with pytest.raises(frappe.ValidationError):
		doc.check_file()


def test_markup_in_a_file_is_shown_as_text_never_run():
	attack = "<img src=x onerror=alert(1)>"
	text = {
		"brand": attack,
		"problem": attack,
		"group_identifier": attack,
		"partner_product_category": attack,
		"repair_barrier_if_end_of_life": attack,
	}
	doc = imported(
		checked(
			ords_csv(
				ords_row(1, event_date=attack),
				ords_row(2, data_provider=attack),
				ords_row(3, product_category=attack),
				ords_row(4, "End of life", **text),
			)
		)
	)
	assert (doc.rows_imported, doc.rows_bad) == (1, 3), [row.reason for row in doc.errors]
	assert [row.cell_value for row in doc.errors] == ["&lt;img src=x onerror=alert(1)&gt;"] * 3
	stored = [doc.as_dict()] + [
		frappe.get_doc(doctype, {"external_id": "Test Cafe:t_4"}).as_dict() for doctype in OURS
	]
	for values in stored:
		for fieldname, value in values.items():
			assert not re.search(r"<[^>]*onerror", str(value)), fieldname


# ------------------------------------------------------------------ the real worker


@pytest.fixture
def committed():
	"""Makes imports whose data is committed, and removes all of it afterwards."""
	made = []

	def make(content, name="register.csv", check=True):
		doc = new_import(content, name)
		made.append(doc)
		if check:
			doc.check_file()
		frappe.db.commit()
		doc.reload()
		return doc

	yield make
	frappe.db.rollback()
	for doctype in OURS:
		for name in frappe.get_all(
			doctype, filters={"external_id": ["like", "Test Cafe:%"]}, pluck="name", order_by="name"
		):
			frappe.db.delete(doctype, {"name": name})
	for doc in made:
		mine = {"attached_to_doctype": doc.doctype, "attached_to_name": doc.name}
		for name in frappe.get_all("File", filters=mine, pluck="name", order_by="name"):
			frappe.delete_doc("File", name, force=True)
		frappe.delete_doc(doc.doctype, doc.name, force=True)
		frappe.db.delete("Comment", {"reference_doctype": doc.doctype, "reference_name": doc.name})
	frappe.delete_doc("Customer", "Open Repair Data – Test Cafe", force=True, ignore_missing=True)
	frappe.db.commit()


def stored(doc):
	frappe.db.rollback()  # ends the snapshot, so that the worker's commits are seen
	doc.reload()
	return doc


@pytest.mark.commits
def test_a_killed_worker_leaves_whole_records_and_the_next_run_completes_them(committed, worker):
	statuses = ("Fixed", "Repairable", "End of life", "Unknown")
	rows = [ords_row(n, statuses[n % 4]) for n in range(600)]
	doc = committed(ords_csv(*rows))
	kills = 0
	while stored(doc).status != "Done":
		before = doc.rows_imported
		doc.start_import()
		frappe.db.commit()
		if kills < 3:
			wait_for(lambda: stored(doc).rows_imported > before or doc.status == "Done", 60)
			worker.kill()
			kills += 1
			wait_for(lambda: not jobs.is_running(doc.checked_file), 20, "the dead worker's lock is gone")
			assert stored(doc).status == "Importing"
			whole = counts("Test Cafe")
			assert whole["Repair Call"] == whole["Customer Equipment"] == doc.rows_imported
			assert 0 < doc.rows_imported < 600
			assert whole["Repair Card"] == sum(outcomes("Test Cafe")[k] for k in ("Fixed", "End of life"))
			worker.start(empty=False)
		else:
			wait_for(lambda: stored(doc).status == "Done", 120)
	assert kills == 3
	assert doc.rows_imported == 600
	assert outcomes("Test Cafe") == dict.fromkeys(statuses, 150)
	assert counts("Test Cafe") == {"Repair Card": 300, "Repair Call": 600, "Customer Equipment": 600}


@pytest.mark.commits
def test_a_large_file_is_checked_by_the_worker(committed, worker):
	rows = [ords_row(n, problem="x" * 2000) for n in range(600)]
	content = ords_csv(*rows)
	assert len(content) > 1024 * 1024
	doc = committed(content)
	wait_for(lambda: stored(doc).status == "Checked", 60)
	assert (doc.rows_good, doc.rows_bad) == (600, 0)
