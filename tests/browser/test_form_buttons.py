"""The forms of calls, visits, cards and receipts in the browser: each button does what it says, or is not shown."""

import io

import frappe
import pytest
from PIL import Image
from playwright.sync_api import expect

from aftersales.service_desk.mail import writing
from tests import factories as make
from tests.administrator import shipped_workflows
from tests.committed import swept_afterwards
from tests.desk import PHONE, WAIT, Desk, chromium, desks_of, passwords

ROLES = {
	"agent": "Service Agent",
	"technician": "Service Technician",
	"bench": "Workshop Technician",
	"supervisor": "Service Supervisor",
	"accountant": ("Service Accountant", "Accounts User"),
}
WORKFLOWS = ("Repair Call", "Service Voucher", "Repair Card")


@pytest.fixture
def shop():
	"""A van with five seals bought at 12.50 and a store with twenty; a boiler that they fit; five people."""
	with swept_afterwards(), passwords(**ROLES) as users:
		hour, seal = make.service_item("Button Hour"), make.item("Button Seal")
		make.price(hour, 60)
		make.price(seal, 42)
		van, store = make.warehouse("Button Van"), make.warehouse("Button Store")
		make.receive(seal, 5, 12.5, van)
		make.receive(seal, 20, 12.5, store)
		make.make("Spare Part", item_code=seal, fits=[{"brand": "Baxi", "model": "600 Combi"}])
		fiona = make.technician(
			"Button Fiona",
			van,
			user=users["technician"],
			supply_warehouse=store,
			van_stock=[{"item_code": seal, "minimum": 8, "maximum": 10}],
		)
		make.technician("Button Niamh", user=users["bench"])
		labour_item = frappe.db.get_single_value("Aftersales Settings", "labour_item")
		make.settings(labour_item=hour)
		customer = make.customer("Button Customer")
		yield frappe._dict(
			users=users,
			customer=customer,
			hour=hour,
			seal=seal,
			van=van,
			store=store,
			fiona=fiona,
			boiler=make.equipment(customer),
		)
		frappe.db.rollback()
		make.settings(labour_item=labour_item)
		for name in frappe.get_all("File", {"file_name": ("like", "button%")}, pluck="name"):
			frappe.delete_doc("File", name)  # takes the file from the disk, which no sweep does
		frappe.db.commit()


def picture(name: str) -> dict:
	"""A photo as the camera of a phone gives it, for a file field."""
	image = io.BytesIO()
	Image.new("RGB", (2400, 1800), (90, 120, 150)).save(image, "JPEG")
	return {"name": name, "mimeType": "image/jpeg", "buffer": image.getvalue()}


def test_a_visit_on_a_phone(server, shop):
	"""Arrive, photo, part from the van, signature, complete: with one hand, by the buttons a phone shows."""
	visit = make.planned(make.call(shop.customer, equipment=shop.boiler), shop.fiona)
	visit.dispatch()
	frappe.db.commit()
	with chromium() as browser:
		desk = Desk(browser, server.url, shop.users["technician"], size=PHONE).start()
		desk.open("Service Voucher", visit.name).picture("phone-visit")
		desk.press("Arrived").is_in("On Site")

		desk.tab("On site")
		desk.page.locator("[data-shows=Before]").set_input_files(picture("button.jpg"))
		desk.page.wait_for_function(
			"() => cur_frm.doc.photos?.length === 1 && !cur_frm.is_dirty()", timeout=WAIT
		)
		desk.settled().picture("phone-photo")

		desk.press("Finish")
		dialog = desk.page.locator(".aftersales-finish.show")
		expect(dialog.get_by_role("radio", name="Completed", exact=True)).to_have_attribute(
			"aria-checked", "true", timeout=WAIT
		)
		dialog.get_by_role("button", name=f"+ {shop.seal}").click()
		dialog.get_by_label("Repair +").click()
		desk.picture("phone-finish").answer("Complete Visit")
		message = desk.page.locator(".msgprint-dialog.show, .modal.show:has(.msgprint)").last
		for text in ("Work Performed", "Test after Repair", "Signature"):  # all that is missing, at once
			expect(message).to_contain_text(text, timeout=WAIT)
		message.get_by_role("link", name="Work Performed").click()  # leads to the field
		expect(dialog.locator("[data-fieldname=findings] textarea")).to_be_focused(timeout=WAIT)
		dialog.locator("[data-fieldname=findings] textarea").fill("Seal replaced")
		dialog.get_by_role("radio", name="Passed", exact=True).click()
		dialog.locator("[data-fieldname=signed_by] input").fill("N. Byrne")
		desk.sign("customer_signature").picture("phone-signature").answer("Complete Visit")
		desk.is_in("Completed").picture("phone-completed")
		assert desk.errors == []
	frappe.db.rollback()
	visit.reload()
	(photo,) = visit.photos
	stored = frappe.get_doc("File", {"file_url": photo.photo})
	assert (photo.shows, stored.is_private, stored.attached_to_name) == ("Before", 1, visit.name)
	assert max(Image.open(stored.get_full_path()).size) == 1600
	assert [(line.item_code, line.qty, line.valuation_amount) for line in visit.parts] == [
		(shop.seal, 1, 12.5)
	]
	assert [(line.activity, line.hours) for line in visit.labour] == [("Repair", 0.5)]
	frappe.delete_doc("File", stored.name)
	frappe.db.commit()


def test_photo_of_a_receipt_parts_of_a_card_and_what_a_van_lacks(server, shop):
	call = make.call(shop.customer, equipment=shop.boiler)
	receipt = make.receipt(call)
	card = make.received_card(call, warehouse=shop.store)
	typed_in = make.call(shop.customer)
	frappe.db.commit()
	with chromium() as browser, desks_of(browser, server.url, {"agent": shop.users["agent"]}) as desks:
		agent = desks.agent.open("Collection Receipt", receipt.name)
		agent.page.locator("[data-fieldname=photos_section] .section-head").click()
		agent.page.locator("[data-fieldname=photo_1] .btn-attach").click()
		agent.page.locator(".modal.show input[type=file]").first.set_input_files(picture("button.jpg"))
		agent.answer("Upload")
		agent.page.wait_for_function("() => cur_frm.doc.photo_1 && !cur_frm.is_dirty()", timeout=WAIT)
		agent.settled().picture("receipt-photo")

		agent.open("Repair Card", card.name).press("Find Parts", group="Parts")
		agent.page.locator(".modal.show").get_by_label(f"{shop.seal} +").click()
		agent.answer("Add 1").save().picture("card-parts")
		expect(agent.page.locator("[data-fieldname=parts_html]")).to_contain_text("There", timeout=WAIT)

		# What has been typed and not saved is kept by an action
		agent.open("Repair Call", typed_in.name).enter(subject="No hot water upstairs")
		agent.press("Triage").is_in("Triaged")
		assert agent.ask("() => cur_frm.doc.subject") == "No hot water upstairs"

		manager = Desk(browser, server.url, "Administrator", "admin")
		manager.page.goto(f"/app/query-report/Van Replenishment?technician={shop.fiona}")
		expect(manager.page.locator(".dt-cell", has_text="Button Seal").first).to_be_visible(timeout=WAIT)
		manager.page.get_by_role("button", name="Draft Transfers").click()
		expect(manager.page.locator(".modal.show")).to_contain_text(shop.fiona, timeout=WAIT)
		manager.picture("van-drafted")
		assert manager.errors == []
	frappe.db.rollback()
	photo = frappe.db.get_value("Collection Receipt", receipt.name, "photo_1")
	assert frappe.db.get_value("File", {"file_url": photo}, "attached_to_name") == receipt.name
	assert [(line.item_code, line.qty) for line in card.reload().parts] == [(shop.seal, 1)]
	(row,) = frappe.get_all(
		"Stock Entry Detail", {"t_warehouse": shop.van, "docstatus": 0}, ["item_code", "qty", "s_warehouse"]
	)
	assert (row.item_code, row.qty, row.s_warehouse) == (shop.seal, 5, shop.store)


def test_nobody_is_offered_what_he_may_not_do(server, shop):
	call = make.call(shop.customer)
	visit = make.planned(make.call(shop.customer), shop.fiona)
	checked = in_check(shop)
	receipt = make.receipt(make.call(shop.customer, equipment=shop.boiler))
	receipt.submit()
	done = make.voucher(
		make.call(shop.customer), shop.fiona, labour=[make.hours(1, item_code=shop.hour)], outcome="Completed"
	)
	done.submit()
	frappe.db.commit()
	with chromium() as browser, desks_of(browser, server.url, shop.users) as desks:
		# whoever serves customers may receive a payment and sell parts, and the accountant may
		desks.accountant.open("Repair Call", call.name).offers(
			"Create > Part Sale", "Create > Payment", *replies(call)
		)
		for document in (visit, checked, done):
			desks.accountant.open(document.doctype, document.name).offers(
				"Create > Payment", *replies(document)
			)
		desks.accountant.open("Collection Receipt", receipt.name).offers(*replies(receipt))

		assert "Verify" not in desks.agent.open("Repair Card", checked.name).buttons()
		assert "Verify" not in desks.bench.open("Repair Card", checked.name).buttons()
		assert {"Verify", "Time > Start Work of …"} <= (
			desks.supervisor.open("Repair Card", checked.name).buttons()
		)
		assert "Time > Start Work" not in desks.supervisor.buttons()  # she is no technician herself
		# nothing may be collected on the spot: the small fee limit is 0
		desks.technician.open("Service Voucher", done.name).offers(
			"Archive", "Create > Collection Receipt", "Create > Payment", *replies(done)
		)
		desks.bench.open("Service Voucher", visit.name).offers("Create > Payment", *replies(visit))


def test_forms_with_the_shipped_workflows(server, shop):
	"""Steps are the workflow's actions; what has to be said beside one keeps its button.

	Frappe loads a form anew a second after its workflow's action: who has taken one does nothing more there.
	"""
	call = make.call(shop.customer, equipment=shop.boiler)
	visit = make.planned(make.call(shop.customer), shop.fiona)
	visit.dispatch()
	card = make.received_card(
		make.call(shop.customer),
		labour=[make.hours(1, item_code=shop.hour)],
		diagnosis="Seal worn",
		estimated_amount=60,
	)
	card.await_approval()
	frappe.db.commit()
	with (
		shipped_workflows(*WORKFLOWS),
		chromium() as browser,
		desks_of(browser, server.url, shop.users) as desks,
	):
		agent, technician, bench, supervisor = (desks[who] for who in list(ROLES)[:4])
		agent.open("Repair Call", call.name).press("Triage", group="Actions").is_in("Triaged")
		technician.open("Service Voucher", visit.name).offers(
			*("Actions > Arrive", "Actions > Complete", "Actions > Help"),
			*("Create > Collection Receipt", "Create > Payment", "Find Parts", "Finish Visit", "On My Way"),
			*replies(visit),
		)
		technician.press("Arrive", group="Actions").is_in("On Site")

		bench.open("Repair Card", card.name).offers(
			"Create > Payment", "Parts > Find Parts", "Estimate > Make Quotation", *replies(card)
		)
		supervisor.open("Repair Card", card.name).press("Approve", group="Actions")
		supervisor.refused("Record the approval with the name, the channel and the amount")
		supervisor.press("Record Approval").answer("Approved", approved_by="N. Byrne").is_in("Approved")
		bench.open("Repair Card", card.name).press("Start Work", group="Time").is_in("In Repair")
		bench.press("Hand to Check", group="Actions").is_in("Quality Check")
		supervisor.open("Repair Card", card.name).press("Record Check").answer("Verified")
		supervisor.page.wait_for_function("() => cur_frm.doc.verified_by", timeout=WAIT)
		supervisor.settled().press("Verify", group="Actions").answer("Yes").is_in("Ready").picture(
			"workflow-ready"
		)
	frappe.db.rollback()
	assert card.reload().workflow_state == "Ready"
	assert (card.verified_by, card.repaired_by) == (shop.users["supervisor"], "Button Niamh")
	assert visit.reload().workflow_state == "On Site"
	assert call.reload().workflow_state == "Triaged"


def replies(document) -> list[str]:
	"""What whoever may write mails about a document is offered: the replies that fit its call."""
	call = document.name if document.doctype == "Repair Call" else document.repair_call
	return [f"Reply > {name}" for name in writing.replies_for(frappe.get_doc("Repair Call", call))]


def in_check(shop):
	card = make.received_card(make.call(shop.customer), diagnosis="Seal worn")
	card.start_repair()
	card.start_work("Button Niamh")
	card.hand_to_check()
	return card
