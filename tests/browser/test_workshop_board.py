"""The desk: cards are moved on the workshop board by hand, by scanner and by camera; other screens see them move."""

import base64
import io

import frappe
import pyqrcode
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from aftersales.installed_base.equipment import scan_address
from tests import factories as make
from tests.committed import swept_afterwards
from tests.desk import WAIT, Desk, chromium
from tests.processes import wait_for

# Chromium for Linux has no reader of its own. This one has the interface of those that have, and reads the
# picture that the camera gives at that moment.
READER = """
window.BarcodeDetector = class {
	static async getSupportedFormats() { return ["qr_code"]; }
	async detect(video) {
		const canvas = document.createElement("canvas");
		Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight });
		canvas.getContext("2d").drawImage(video, 0, 0);
		const rawValue = await window.read_picture(canvas.toDataURL());
		return rawValue ? [{ rawValue }] : [];
	}
};
"""


@pytest.fixture
def board():
	"""Two cards that have just been received: one in warranty, one that the customer pays for."""
	with swept_afterwards():
		customer = make.customer("Browser Board Customer")
		hour = make.service_item("Browser Board Hour")
		make.price(hour, 60)
		made = {}
		for name, rule in (("free", "Warranty"), ("paid", "Customer")):
			category = make.category(f"Browser Board {name}", charge_rule=rule)
			equipment = make.equipment(customer, serial_text=f"BOARD-{name}")
			call = make.call(customer, equipment=equipment, service_category=category)
			made[name] = make.received_card(
				call, service_category=category, labour=[make.hours(1, item_code=hour)]
			).name
		frappe.db.commit()
		yield frappe._dict(made)


@pytest.fixture
def checked_card():
	"""A card that a second person has verified; only its finish is left."""
	with swept_afterwards():
		customer = make.customer("Browser Check Customer")
		category = make.category("Browser Check", charge_rule="Warranty")
		technician = make.technician("Browser Check Technician")
		doc = make.card(
			make.call(customer, service_category=category),
			service_category=category,
			assigned_technician=technician,
		)
		frappe.db.commit()
		yield doc


def test_a_verified_card_offers_to_finish(server, checked_card):
	with chromium() as browser:
		desk = Desk(browser, server.url, "Administrator", "admin")
		desk.page.goto(f"/app/repair-card/{checked_card.name}")
		desk.at("Repair Card", checked_card.name)
		expect(desk.head.get_by_role("button", name="Back to Repair")).to_be_visible(timeout=WAIT)
		desk.submit("Finish")
		expect(desk.head.get_by_role("button", name="Hand Back to Customer")).to_be_visible(timeout=WAIT)
	frappe.db.rollback()
	assert frappe.db.get_value("Repair Card", checked_card.name, ["docstatus", "status"]) == (1, "Ready")


def test_a_scanned_card_moves_on_and_other_screens_see_it(server, board):
	with chromium() as browser:
		bench, wall = (open_board(browser, server.url) for _screen in range(2))
		in_stage(wall, "Received", board.free)
		hears(wall, board.paid)

		bench.page.keyboard.type(f"{server.url}/scan/{board.free}")
		bench.page.keyboard.press("Enter")
		panel = bench.page.locator(".wb-panel")
		expect(panel.get_by_text("A signed receipt")).to_be_visible(timeout=WAIT)
		panel.get_by_role("button", name="Start Diagnosis").click()
		expect(panel.get_by_role("button", name="Ask for Approval")).to_be_visible(timeout=WAIT)

		in_stage(wall, "Diagnosing", board.free)
		assert bench.errors == wall.errors == []
	frappe.db.rollback()
	assert frappe.db.get_value("Repair Card", board.free, "status") == "Diagnosing"


def test_a_card_is_dragged_on_and_goes_back_where_it_may_not_stay(server, board):
	with chromium() as browser:
		desk = open_board(browser, server.url)
		drag(desk, board.paid, "Diagnosing")
		in_stage(desk, "Diagnosing", board.paid)

		drag(desk, board.paid, "Quality Check")  # there is no such step
		expect(
			desk.page.get_by_text(f"{board.paid} cannot go from Diagnosing to Quality Check")
		).to_be_visible()
		in_stage(desk, "Diagnosing", board.paid)

		drag(desk, board.paid, "In Repair")  # there is, but the customer has not accepted
		desk.refused("has not accepted it: record the approval first")
		in_stage(desk, "Diagnosing", board.paid)

		drag(desk, board.free, "In Repair")
		in_stage(desk, "In Repair", board.free)
		assert desk.errors == []
	frappe.db.rollback()
	assert frappe.db.get_value("Repair Card", board.paid, "status") == "Diagnosing"
	assert frappe.db.get_value("Repair Card", board.free, "status") == "In Repair"


def test_what_others_move_takes_no_card_out_of_the_hand(server, board):
	with chromium() as browser:
		desk = open_board(browser, server.url)
		hears(desk, board.free)
		mouse = desk.page.mouse
		desk.page.locator(f'[data-card="{board.paid}"] .wb-product').hover()
		mouse.down()
		desk.ask("cur_page.page.board.render()")  # an answer that comes just before the drag begins
		target = desk.page.locator('.wb-column[data-stage="Diagnosing"] .wb-cards').bounding_box()
		mouse.move(target["x"] + 60, target["y"] + 60, steps=5)
		expect(desk.page.locator(".wb-column.wb-target")).not_to_have_count(0)

		frappe.get_doc("Repair Card", board.free).start_diagnosis()  # another screen
		frappe.db.commit()
		desk.page.wait_for_function(
			"name => cur_page.page.board.cards.get(name).status === 'Diagnosing'", arg=board.free
		)
		mouse.move(target["x"] + 60, target["y"] + 50, steps=3)
		mouse.up()
		for card in (board.free, board.paid):
			in_stage(desk, "Diagnosing", card)
		assert desk.errors == []
	frappe.db.rollback()
	assert frappe.db.get_value("Repair Card", board.paid, "status") == "Diagnosing"


@pytest.mark.parametrize("reader", ["of the browser", "of Frappe"])
def test_the_camera_reads_a_tag(server, board, tmp_path, reader):
	film = film_of(scan_address("Repair Card", board.free), tmp_path)
	camera = (
		"--use-fake-ui-for-media-stream",
		"--use-fake-device-for-media-stream",
		f"--use-file-for-fake-video-capture={film}",
	)
	with chromium(*camera) as browser:
		desk = Desk(browser, server.url, "Administrator", "admin")
		if reader == "of the browser":
			desk.page.expose_function("read_picture", read_picture)
			desk.page.add_init_script(READER)
		show_board(desk)
		desk.page.get_by_role("button", name="Scan Tag").click()
		panel = desk.page.locator(".wb-panel.show")
		expect(panel.locator(".modal-title")).to_have_text(board.free, timeout=WAIT)
		expect(desk.page.locator(".modal.show")).to_have_count(1)
		panel.get_by_role("button", name="Start Diagnosis").click()
		expect(panel.get_by_role("button", name="Ask for Approval")).to_be_visible(timeout=WAIT)
		desk.picture(f"board-camera {reader}")
		assert desk.ask("() => !document.querySelector('video')?.srcObject?.active")
		assert desk.errors == []


def open_board(browser, url: str) -> Desk:
	return show_board(Desk(browser, url, "Administrator", "admin"))


def show_board(desk: Desk) -> Desk:
	desk.page.goto("/app/workshop-board")
	expect(desk.page.locator(".wb-card").first).to_be_visible(timeout=WAIT)
	return desk


def in_stage(desk: Desk, stage: str, name: str) -> None:
	column = desk.page.locator(f'.wb-column[data-stage="{stage}"]')
	expect(column.locator(f'[data-card="{name}"]')).to_be_visible(timeout=WAIT)


def hears(desk: Desk, name: str) -> None:
	"""Wait until the server has let the screen listen: it asks for that while it draws the cards."""
	desk.ask("() => frappe.realtime.on('list_update', () => (window.has_heard = true))")

	def is_heard() -> bool:
		frappe.publish_realtime("list_update", {"doctype": "Repair Card", "name": name})
		desk.page.wait_for_timeout(200)
		return desk.ask("() => Boolean(window.has_heard)")

	wait_for(is_heard, WAIT / 1000, "an update of a Repair Card on the open board")


def drag(desk: Desk, name: str, stage: str) -> None:
	card = desk.page.locator(f'[data-card="{name}"] .wb-product')
	card.drag_to(
		desk.page.locator(f'.wb-column[data-stage="{stage}"] .wb-cards'), target_position={"x": 60, "y": 30}
	)


def film_of(address: str, folder) -> str:
	"""A film for the browser's fake camera: a tag whose code has this address, held before it."""
	modules = pyqrcode.create(address, error="M").code
	code = Image.new("L", (len(modules), len(modules)))
	code.putdata([0 if dark else 255 for row in modules for dark in row])
	frame = Image.new("L", (640, 480), 255)
	frame.paste(
		code.resize((5 * code.width, 5 * code.width)), (320 - 5 * code.width // 2, 240 - 5 * code.width // 2)
	)
	path = folder / "tag.y4m"
	grey = bytes([128]) * (320 * 240)
	with open(path, "wb") as film:
		film.write(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n")
		for _frame in range(5):
			film.write(b"FRAME\n" + frame.tobytes() + grey + grey)
	return str(path)


def read_picture(picture: str) -> str | None:
	image = Image.open(io.BytesIO(base64.b64decode(picture.partition(",")[2])))
	return next((found.text for found in zxingcpp.read_barcodes(image)), None)
