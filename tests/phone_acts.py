"""What a technician's phone sends, made as the app makes it, and a shop with a van and a product to send it about."""

import base64
import hashlib
import secrets
import time
import uuid

import frappe

from aftersales.field_service.mobile import api
from tests import factories as make

AOIFE = "aoife.app@example.com"
DECLAN = "declan.app@example.com"
PHONE = "a" * 32
MINUTE = 60_000


def van_and_product() -> frappe._dict:
	"""A shop whose technician is AOIFE, another one DECLAN; a boiler, and the seal that fits it in the van."""
	names = make.shop()
	make.settings(small_fee_limit=500, submit_invoice=1)
	make.cash_mode()
	frappe.db.set_value(
		"Service Technician", names.technician, "user", make.user(AOIFE, "Service Technician")
	)
	make.technician("Declan", make.warehouse("Van Declan"), user=make.user(DECLAN, "Service Technician"))
	names.product = make.equipment(names.customer, serial_text="TH-18-0042")
	make.once("Spare Part", names.seal, item_code=names.seal, fits=[{"brand": "Baxi", "model": "600 Combi"}])
	return names


def dispatched(shop, **values):
	product = values.pop("equipment", shop.product)
	call = make.call(shop.customer, equipment=product, contact_phone="+353 1 555 0100")
	doc = make.planned(call, shop.technician, **values)
	doc.dispatch()
	return doc


def act(
	visit, kind: str, changes: dict | None = None, minutes_ago: float = 0, clock_off: float = 0, **values
) -> dict:
	"""An act as a phone makes it: done `minutes_ago`, by a clock that is `clock_off` minutes ahead."""
	sent = (time.time() + clock_off * 60) * 1000
	return {
		"id": str(uuid.uuid4()),
		"after": None,
		"voucher": visit.name,
		"kind": kind,
		"at": sent - minutes_ago * MINUTE,
		"sent_at": sent,
		"phone": PHONE,
		"changes": changes or {},
		"values": values,
	}


def fields(**mine) -> dict:
	return {"fields": {field: {"seen": None, "mine": value} for field, value in mine.items()}}


def added(**tables) -> dict:
	return {
		"tables": {
			table: {"added": [{"name": secrets.token_hex(10), "values": row} for row in rows]}
			for table, rows in tables.items()
		}
	}


def report(**more) -> dict:
	"""What a simple visit needs."""
	return {
		**fields(
			outcome="Completed",
			findings="Worn seal replaced",
			test_result="Passed",
			customer_signature=make.SIGNATURE,
			signed_by="N. Byrne",
			**more,
		),
		**added(
			labour=[make.hours(1)],
			parts=[make.part(frappe.db.get_value("Item", {"item_name": "Gas Valve Seal"}))],
		),
	}


def send(one: dict, user: str = AOIFE) -> dict:
	"""One request: what was done before is committed, and so is what it did."""
	frappe.db.commit()
	frappe.set_user(user)
	try:
		answer = api.take(user=user, act=dict(one))
		frappe.db.commit()
		return answer
	finally:
		frappe.set_user("Administrator")


def load(user: str = AOIFE, phone: str = PHONE, **values) -> dict:
	frappe.set_user(user)
	try:
		return api.load(user=user, phone=phone, **values)
	finally:
		frappe.set_user("Administrator")


def changed(table: str, rows: dict[str, dict]) -> dict:
	"""Changes of rows that are there: row → field → (seen, mine)."""
	sent = [
		{
			"name": name,
			"fields": {field: {"seen": seen, "mine": mine} for field, (seen, mine) in fields.items()},
		}
		for name, fields in rows.items()
	]
	return {"tables": {table: {"changed": sent}}}


def upload(visit, content: bytes, user: str = AOIFE, piece: int = 999, until: int | None = None) -> dict:
	"""Send the pieces of a photo as the phone does, beginning where the server says."""
	frappe.set_user(user)
	try:
		digest = hashlib.sha256(content).hexdigest()
		call = {"user": user, "voucher": visit.name, "digest": digest, "size": len(content)}
		answer = api.upload(**call, offset=0)
		while not answer["done"] and (until is None or answer["received"] < until):
			start = answer["received"]
			text = base64.b64encode(content[start : start + piece]).decode()
			answer = api.upload(**call, offset=start, piece=text)
		return answer
	finally:
		frappe.set_user("Administrator")
