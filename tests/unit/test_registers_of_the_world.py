"""Registers as they really look: sixty made-up files in six languages, and none of them garbled silently."""

import csv
import datetime
import io
import itertools

import openpyxl
import pytest

from aftersales.service_desk.register_import import columns as c
from aftersales.service_desk.register_import.dates import DateOrders, orders_of, parse_date
from aftersales.service_desk.register_import.encodings import ENCODINGS, detect_encoding, preview_lines
from aftersales.service_desk.register_import.reading import open_register
from aftersales.service_desk.register_import.records import RowReader
from aftersales.service_desk.register_import.survey import survey

TODAY = datetime.date(2024, 12, 31)

LANGUAGES = {
	"es": {
		"title": "Registro de reparaciones 2024",
		"header": "N.º de ficha|Fecha de recepción|Cliente|Teléfono|Avería|Marca|N.º de serie|Estado",
		"rows": [
			"José Núñez|0171/1234567|No centrifuga y hace ruido|Fagor|SN-1|Reparado",
			"Begoña Ibáñez|n/a|No enciende|Balay|SN-2|Pendiente",
			"Íñigo Muñoz|91 123 45 67 ext. 12|Pierde agua|Teka|-|Irreparable",
		],
		"encodings": ["utf-8", "utf-8-sig", "cp1252", "iso8859-15"],
	},
	"de": {
		"title": "Reparaturbuch der Werkstatt Süd",
		"header": "Auftragsnummer|Eingangsdatum|Kunde|Telefon|Störung|Hersteller|Seriennummer|Stand",
		"rows": [
			"Jürgen Groß|0171/1234567|Schaltet während des Spülens ab|Miele|SN-1|repariert",
			"Bäckerei Öz|k.a.|Läuft nicht an|Bosch|SN-2|in Arbeit",
			"Käthe Weiß|030 123 oder 0171 555|Gehäuse gerissen|AEG|-|Totalschaden",
		],
		"encodings": ["utf-8", "utf-16", "cp1252", "cp850"],
	},
	"fr": {
		"title": "Registre des réparations",
		"header": "Numéro de dossier|Date de réception|Nom du client|Téléphone|Panne|Marque|Numéro de série|État",
		"rows": [
			"Hélène Lefèvre|0171/1234567|Ne démarre plus après l'été|Brandt|SN-1|Réparé",
			"Cœur & Fils|n/a|Fuit à côté|Seb|SN-2|En attente",
			"Loïc Noël|01 23 45 67 / 06 55|Moteur grillé|Moulinex|-|Irréparable",
		],
		"encodings": ["utf-8", "cp1252", "utf-16"],
	},
	"ru": {
		"title": "Журнал ремонта",
		"header": "Номер заявки|Дата приёма|Клиент|Телефон|Неисправность|Марка|Серийный номер|Статус",
		"rows": [
			"Пётр Иванов|0171/1234567|Стиральная машина не включается|Вятка|SN-1|отремонтировано",
			"ООО Заря|нет|Течёт|Атлант|SN-2|в ремонте",
			"Анна Щукина|495 123 доб|Сгорел двигатель|Сатурн|-|не подлежит ремонту",
		],
		"encodings": ["utf-8", "cp1251", "koi8-r"],
	},
	"zh": {
		"title": "售后维修登记表",
		"header": "维修单号|接修日期|客户名称|联系电话|故障现象|品牌|序列号|维修状态",
		"rows": [
			"北京畅捷|0171/1234567|热水器不点火，漏水|海尔|SN-1|已修好",
			"王小明|无|无法开机|美的|SN-2|维修中",
			"上海机床厂|010 1234 分机 12|主轴异响|沈阳机床|-|无法维修",
		],
		"encodings": ["utf-8", "utf-8-sig", "gb18030", "utf-16"],
	},
	"zh_TW": {
		"title": "售後維修登記表",
		"header": "維修單號|收件日期|客戶名稱|聯絡電話|故障現象|品牌|序號|維修狀態",
		"rows": [
			"臺北科技|0171/1234567|熱水器不點火，漏水|大同|SN-1|維修完成",
			"陳怡君|無|無法開機|聲寶|SN-2|維修中",
			"高雄機械廠|02 1234 分機 12|主軸異音|東元|-|無法維修",
		],
		"encodings": ["utf-8", "utf-8-sig", "cp950"],
	},
}
DAYS = (
	datetime.datetime(2024, 3, 5, 9, 5),
	datetime.datetime(2024, 3, 25, 14, 35),
	datetime.datetime(2024, 12, 5),
)
DATE_STYLES = {
	"es": ["%d/%m/%Y", "%d-%m-%y %H:%M", "%-d de {month} de %Y"],
	"de": ["%d.%m.%Y", "%d.%m.%y, %H:%M Uhr", "%-d. {month} %Y"],
	"fr": ["%d/%m/%Y", "%d/%m/%Y %Hh%M", "%-d {month} %Y"],
	"ru": ["%d.%m.%Y", "%d.%m.%y %H:%M", "%-d {month} %Y"],
	"zh": ["%Y年%-m月%-d日", "%Y-%m-%d %H:%M", "%Y/%-m/%-d"],
	"zh_TW": ["{roc}/%m/%d", "%Y年%-m月%-d日 {half}", "民國{roc}年%-m月%-d日"],
}
MONTHS = {
	"es": {3: "marzo", 12: "diciembre"},
	"de": {3: "März", 12: "Dezember"},
	"fr": {3: "mars", 12: "décembre"},
	"ru": {3: "марта", 12: "декабря"},
}
LAYOUTS = ("plain", "titled", "semicolons")


def written(language: str, style: str, at: datetime.datetime) -> str:
	half = ("上午" if at.hour < 12 else "下午") + f"{at.hour % 12 or 12}:{at.minute:02}"
	month = MONTHS.get(language, {}).get(at.month, "")
	return at.strftime(style).format(month=month, roc=at.year - 1911, half=half)


def table(language: str, style: str, layout: str) -> list[list[str]]:
	text = LANGUAGES[language]
	rows = [text["header"].split("|")]
	for number, (row, at) in enumerate(zip(text["rows"], DAYS, strict=True), start=1):
		rows.append([f"W-{number}", written(language, style, at), *row.split("|")])
	if layout == "titled":
		rows[:0] = [[text["title"]] + [""] * 7, [""] * 8]
	return rows


def as_csv(rows, layout: str, encoding: str) -> bytes:
	text = io.StringIO()
	csv.writer(text, delimiter=";" if layout == "semicolons" else ",").writerows(rows)
	return text.getvalue().encode(encoding)


def files():
	"""Sixty files: every language in each of its encodings, its date styles and layouts turned through."""
	for language, text in LANGUAGES.items():
		combinations = itertools.product(range(3), text["encodings"])
		for number, (turn, encoding) in zip(range(9), combinations, strict=False):
			yield language, encoding, DATE_STYLES[language][turn], LAYOUTS[(number + turn) % 3]
		yield language, "xlsx", DATE_STYLES[language][0], "titled"


FILES = list(files())


def read_all(path, encoding=""):
	"""Records, the encoding found and what the survey found, as the check reads a file."""
	with open_register(path, encoding=encoding) as register:
		mapping = {target: name for name, target in c.propose(register.header).items()}
		found = survey(register.rows, register.header, c.Layout(mapping), TODAY)
	order = found.dates.found()
	layout = c.Layout(mapping, register_name="Book", date_order=order or "YMD")
	with open_register(path, encoding=encoding) as register:
		reader = RowReader(layout, register.header, TODAY)
		return list(reader.read(register.rows)), register, order


def test_there_are_sixty_files():
	assert len(FILES) == 60
	assert {(name, each) for name, text in LANGUAGES.items() for each in text["encodings"]} < {
		(language, encoding) for language, encoding, *_ in FILES
	}
	assert {(language, style) for language, _encoding, style, _layout in FILES} == {
		(name, style) for name, styles in DATE_STYLES.items() for style in styles
	}


@pytest.mark.parametrize(("language", "encoding", "style", "layout"), FILES)
def test_a_register_of_this_language_is_understood(tmp_path, language, encoding, style, layout):
	rows = table(language, style, layout)
	path = tmp_path / "register"
	if encoding == "xlsx":
		book = openpyxl.Workbook()
		for row in rows:
			book.active.append([cell or None for cell in row])
		book.active.merge_cells("A1:H1")
		book.save(path)
	else:
		path.write_bytes(as_csv(rows, layout, encoding))

	records, register, order = read_all(path)
	names = LANGUAGES[language]["header"].split("|")
	if register.encoding and not register.encoding.certain:
		# A guess is said to be one: nothing is imported before a person has looked at the readings.
		right = next(name for name, codec in ENCODINGS.items() if codec == encoding)
		assert LANGUAGES[language]["rows"][0].split("|")[0] in "\n".join(preview_lines(path, right))
		records, register, order = read_all(path, right)
	assert register.header == tuple(names)
	assert register.header_row == (3 if layout == "titled" else 1)
	assert order in ("DMY", "YMD")

	assert [record.external_id for record in records] == ["Book:W-1", "Book:W-2", "Book:W-3"]
	for record, row, at in zip(records, LANGUAGES[language]["rows"], DAYS, strict=True):
		customer, _phone, fault, brand, *_rest = row.split("|")
		assert (record.customer, record.equipment["brand"]) == (customer, brand)
		assert record.call["description"] == fault.replace("&", "&amp;")
		told = record.call["received_at"]
		assert told.date() == at.date()
		assert told.time() in (at.time(), datetime.time())
	assert [(record.call["status"], record.outcome) for record in records] == [
		("Closed", "Fixed"),
		("Open", "Unknown"),
		("Closed", "End of life"),
	]
	assert [record.call["contact_phone"] for record in records[:2]] == ["0171 1234567", ""]
	# No serial number is nobody's, not one product of all.
	assert [record.equipment["serial_text"] for record in records] == ["SN-1", "SN-2", ""]


@pytest.mark.parametrize(
	("language", "encoding"),
	[
		("es", "cp1252"),
		("fr", "cp1252"),
		("ru", "cp1251"),
		("ru", "koi8-r"),
		("zh", "gb18030"),
		("zh_TW", "cp950"),
	],
)
def test_the_usual_encoding_of_a_language_is_guessed_and_called_a_guess(tmp_path, language, encoding):
	path = tmp_path / "register.csv"
	path.write_bytes(as_csv(table(language, DATE_STYLES[language][0], "plain"), "plain", encoding))
	found = detect_encoding(path, c.is_column_name)
	assert (ENCODINGS[found.name], found.certain) == (encoding, False)


def test_an_encoding_that_every_reading_agrees_on_is_no_guess(tmp_path):
	path = tmp_path / "register.csv"
	path.write_bytes("Nr;Eingangsdatum;Störung\n1;05.03.2024;läuft nicht, Süß\n".encode("cp1252"))
	found = detect_encoding(path, c.is_column_name)
	assert (found.name, found.certain) == ("Windows-1252", True)


# ------------------------------------------------------------------ dates


@pytest.mark.parametrize(
	("text", "at"),
	[
		("05.03.24", "2024-03-05 00:00"),
		("06.03.2024 14:35 Uhr", "2024-03-06 14:35"),
		("2024-03-05T14:35:00.250", "2024-03-05 14:35"),
		("5 de marzo de 2024", "2024-03-05 00:00"),
		("5. März 2024", "2024-03-05 00:00"),
		("Mar 5, 2024", "2024-03-05 00:00"),
		("05-Mar-24", "2024-03-05 00:00"),
		("Tuesday, 5 March 2024", "2024-03-05 00:00"),
		("Di 05.03.2024", "2024-03-05 00:00"),
		("25/03/2024 2:35 p. m.", "2024-03-25 14:35"),
		("05/03/2024 12:10 a.m.", "2024-03-05 00:10"),
		("05/03/2024 14h35", "2024-03-05 14:35"),
		("2024年3月5日 下午2:35", "2024-03-05 14:35"),
		("2024年3月5日14时35分", "2024-03-05 14:35"),
		("２０２４／３／５", "2024-03-05 00:00"),
		("113/03/05", "2024-03-05 00:00"),
		("民國113年3月5日", "2024-03-05 00:00"),
		("20240305", "2024-03-05 00:00"),
		("45356", "2024-03-05 00:00"),
		("45356.5", "2024-03-05 12:00"),
	],
)
def test_a_date_is_read_as_people_write_it(text, at):
	assert parse_date(text, "DMY").strftime("%Y-%m-%d %H:%M") == at


def test_a_time_with_its_offset_stays_the_same_moment():
	assert parse_date("2024-03-05T14:35+02:00") == parse_date("2024-03-05T12:35Z")


@pytest.mark.parametrize(
	"text", ["31/02/2024", "2024-13-01", "12", "soon", "2024-03-05 25:00", "5 foo 2024", "99999"]
)
def test_what_is_no_date_is_none(text):
	assert parse_date(text, "DMY") is None
	assert not orders_of(text)


def test_the_order_of_a_column_comes_from_all_of_its_cells():
	orders = DateOrders(TODAY)
	for _each in range(5000):
		orders.add("05/03/2024")
	assert (orders.found(), orders.unclear) == ("", "05/03/2024")
	orders.add("25/03/2024")
	assert orders.found() == "DMY"


def test_a_day_to_come_speaks_against_its_order():
	orders = DateOrders(datetime.date(2024, 6, 30))
	orders.add("05/11/2024")  # 5 November is still to come, 11 May is not
	assert orders.found() == "MDY"


# ------------------------------------------------------------------ layouts


def test_a_cell_merged_over_rows_counts_for_each_of_them(tmp_path):
	book = openpyxl.Workbook()
	for row in (
		["Date", "Job No", "Fault"],
		["2024-03-05", "1", "a"],
		[None, "2", "b"],
		[None, "3", "c"],
		[None, "4", "d"],
	):
		book.active.append(row)
	book.active.merge_cells("A2:A4")
	path = tmp_path / "register.xlsx"
	book.save(path)
	with open_register(path) as register:
		assert [row.cells[0] for row in register.rows] == ["2024-03-05"] * 3 + [""]


def test_the_row_of_names_can_be_chosen(tmp_path):
	path = tmp_path / "register.csv"
	path.write_text("Job No,Date,Fault\nname 1,name 2,name 3\n1,2024-03-05,x\n")
	with open_register(path, header_row=2) as register:
		assert register.header == ("name 1", "name 2", "name 3")
		assert [row.number for row in register.rows] == [3]


EXPORTS = {
	"ERPNext Issue": (
		"ID,Subject,Customer,Raised By (Email),Status,Priority,Issue Type,Description,Opening Date,Opening Time,"
		"Resolution Date,Resolution Details",
		"ISS-1,Pump,Byrne,n@example.com,Replied,High,Fault,no heat,2024-03-05,14:35:10,,",
		("Open", "2024-03-05 14:35"),
	),
	"ERPNext Warranty Claim": (
		"ID,Status,Issue Date,Customer,Serial No,Item Code,Item Name,Description,Issue,Warranty Expiry Date,Resolution Date,"
		"Resolution Details",
		"WC-1,Work In Progress,2024-03-05,Byrne,S1,PUMP,Pump,a pump,no heat,2025-01-01,,",
		("Open", "2024-03-05 00:00"),
	),
	"ERPNext Maintenance Visit": (
		"ID,Customer,Maintenance Date,Maintenance Time,Completion Status,Maintenance Type,Serial No (Purposes),"
		"Work Done (Purposes)",
		"MV-1,Byrne,2024-03-05,09:00:00,Fully Completed,Breakdown,S1,cleaned",
		("Closed", "2024-03-05 09:00"),
	),
	"RepairShopr": (
		"Ticket Number,Customer,Subject,Status,Problem Type,Created,Asset Serial",
		'1001,Byrne,Laptop,Resolved,Virus,"Tue Mar 05, 2024 02:35 PM",S1',
		("Closed", "2024-03-05 14:35"),
	),
	"RepairDesk": (
		"Ticket ID,Customer Name,Device,Device Issue,IMEI/Serial,Status,Created Date,Assigned To",
		"T-7,Byrne,iPhone,Screen,S1,Repaired,03/25/2024,Al",
		("Closed", "2024-03-25 00:00"),
	),
	"Odoo Repair": (
		"Repair Reference,Product,Lot/Serial Number,Customer,Stage,Created on,Repair Notes",
		"RMA/1,Pump,S1,Byrne,Under Repair,2024-03-05 14:35:10,cleaned",
		("Open", "2024-03-05 14:35"),
	),
}


@pytest.mark.parametrize("program", EXPORTS)
def test_an_export_of_a_known_program_maps_itself(tmp_path, program):
	header, row, (status, received_at) = EXPORTS[program]
	path = tmp_path / "export.csv"
	path.write_text(f"{header}\n{row}\n")
	(record,), _register, _order = read_all(path)
	assert (record.customer, record.call["status"]) == ("Byrne", status)
	assert record.call["received_at"].strftime("%Y-%m-%d %H:%M") == received_at
	assert record.external_id.startswith("Book:")


@pytest.mark.parametrize(
	("header", "row"),
	[
		(
			"id,data_provider,country,product_category,brand,model,year_of_manufacture,repair_status,group_identifier,date,problem",
			"a_1,Cafe,DEU,Kettle,Bosch,TWK7,????,Fixed,Berlin,2019-06-20,no heat",
		),
		(
			"id,data_provider,country,partner_product_category,product_category,brand,year_of_manufacture,repair_status,"
			"repair_barrier_if_end_of_life,group_identifier,event_date,problem",
			"a_1,Cafe,DEU,Kitchen ~ Kettle,Kettle,Bosch,????,Fixed,,Berlin,2019-06-20,no heat",
		),
	],
	ids=["v0.1", "v0.2.1"],
)
def test_older_versions_of_open_repair_data_are_read(tmp_path, header, row):
	path = tmp_path / "ords.csv"
	path.write_text(f"{header}\n{row}\n")
	with open_register(path) as register:
		assert c.is_open_repair_data(register.header)
		reader = RowReader(c.ords_layout(register.header), register.header, TODAY)
		(record,) = reader.read(register.rows)
	assert (record.external_id, record.outcome) == ("Cafe:a_1", "Fixed")
	assert record.equipment["year_of_manufacture"] is None
	assert record.call["received_at"] == datetime.datetime(2019, 6, 20)
