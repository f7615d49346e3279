"""Whatever is sent to the customers' pages: no error of the server, no markup, no picture that is none.

A few hundred inputs by default; `AFTERSALES_FUZZ=5000` (make fuzz) sends so many to each kind of page.
"""

import os
from io import BytesIO

import frappe
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aftersales.core.guards import NotPossible
from aftersales.customer_portal import links, photos
from aftersales.installed_base.product_codes import product_signature
from tests import factories as make
from tests import portal
from tests.portal import ANNA

INPUTS = int(os.environ.get("AFTERSALES_FUZZ") or 0)
EACH = settings(
	max_examples=INPUTS // 5 or 40,
	deadline=None,
	derandomize=not INPUTS,
	suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

ATTACKS = (
	"<script>window.hit=1</script>",
	"<img src=x onerror=window.hit=1>",
	"<svg/onload=window.hit=1>",
	'"><script>window.hit=1</script>',
	"' onmouseover='window.hit=1",
	"javascript:window.hit=1",
	"{{ frappe.db.sql('select 1') }}",
	"{% for x in [].__class__.__mro__ %}{{ x }}{% endfor %}",
	"' or 1=1 -- ",
	"\\'; drop table `tabRepair Call`; --",
	"../../../../etc/passwd",
	"%00%0d%0aSet-Cookie: a=b",
	"\x00\x01\x1b[31m",
	"\ud83d",
	"😀" * 100,
	"RC-2026-00001",
	"-1",
	"1e309",
	"NaN",
	'["<script>window.hit=1</script>"]',
	'{"a": "<img src=x onerror=window.hit=1>"}',
	"&lt;script&gt;window.hit=1&lt;/script&gt;",
	"<" * 5000,
)
words = (
	st.sampled_from(ATTACKS)
	| st.text(max_size=300)
	| st.text(alphabet="<>/\"'&;=() \n\tabcscript", max_size=60)
)
FIELDS = (
	"subject",
	"description",
	"product",
	"customer",
	"brand",
	"model",
	"serial_text",
	"hazard",
	"contact_name",
	"contact_phone",
	"contact_email",
	"form_key",
	"message",
	"action",
	"seen",
	"wish",
	"answer",
	"agreed",
	"reason",
	"text",
	"call",
	"said",
	"received",
	"repair_effective",
	"csat",
	"nps",
	"comments",
)
forms = st.dictionaries(st.sampled_from(FIELDS), words, max_size=8)
plausible = st.fixed_dictionaries(
	{
		"subject": words.map(lambda word: f"It is broken {word}"),
		"contact_name": words.map(lambda word: f"A {word}"),
		"contact_phone": words.map(lambda word: f"1{word}"),
		"message": words,
		"text": words,
		"description": words,
		"brand": words,
		"wish": words.map(lambda word: f"Friday {word}"),
		"reason": words.map(lambda word: f"No {word}"),
		"comments": words,
		"answer": st.sampled_from(("accept", "decline")),
		"action": st.sampled_from(("confirm", "another_time", "message")),
		"repair_effective": st.sampled_from(("Yes", "No")),
	}
)
"""Forms that get through, so that something is stored."""


@pytest.fixture
def pages():
	"""The pages that take forms: (address, user), and a text in a path."""
	portal.forget_limits()
	make.user("agent@desk.example", "Service Agent")
	customer = make.customer("Nora Byrne")
	portal.website_user(ANNA, customer, "Anna")
	product = make.equipment(customer, serial_text="B-1")
	call = make.plain_call(customer, equipment=product)
	call.schedule("2030-01-01 09:00:00", "2030-01-01 12:00:00")
	card = portal.estimated_card(make.plain_call(customer))
	follow_up = make.make(
		"Follow-up", repair_call=call.name, customer=customer, company=make.COMPANY, due_date="2030-01-01"
	)
	frappe.db.commit()
	return frappe._dict(
		customer=customer,
		logged_in=[
			"/aftersales/new",
			"/aftersales/complaint",
			"/aftersales/messages",
			f"/aftersales/calls/{call.name}",
			f"/aftersales/estimates/{card.name}",
		],
		guests=[
			portal.link_to(links.APPOINTMENT, "Repair Call", call.name),
			portal.link_to(links.ESTIMATE, "Repair Card", card.name),
			portal.link_to(links.SURVEY, "Follow-up", follow_up.name),
			portal.link_to(links.TRACK, "Repair Call", call.name),
			f"/aftersales/code/{product}/{product_signature(product)}",
		],
	)


def asked(ask, *args, **kwargs) -> portal.Answer:
	"""Ask, and once more where the limit of an hour was reached."""
	kwargs = {key: _utf8(value) for key, value in kwargs.items()}
	try:
		answer = ask(*args, **kwargs)
		if answer.status == 429:
			portal.forget_limits()
			answer = ask(*args, **kwargs)
	finally:
		frappe.clear_messages()
	assert answer.status in (200, 303, 403, 404, 422), answer.words
	assert "hit=1</script" not in answer.html
	assert "<img" not in answer.html
	assert "<svg" not in answer.html
	assert "onmouseover='" not in answer.html
	return answer


@EACH
@given(st.data())
def test_any_form_is_answered(pages, data):
	guest = data.draw(st.booleans())
	address = data.draw(st.sampled_from(pages.guests if guest else pages.logged_in))
	asked(portal.post, address, "Guest" if guest else ANNA, **data.draw(forms))


@EACH
@given(st.data())
def test_what_is_stored_is_no_markup(pages, data):
	"""Whatever gets through stands in our tables and on timelines as text."""
	guest = data.draw(st.booleans())
	address = data.draw(st.sampled_from(pages.guests if guest else pages.logged_in))
	fields = {**data.draw(plausible), "form_key": frappe.generate_hash(length=32)}
	if "estimates" in address or "/link/" in address:
		fields.update(
			agreed="1", seen="120" if fields["answer"] and "estimates" in address else "2030-01-01 09:00:00"
		)
	before = frappe.db.get_value("Repair Call", {"customer": pages.customer}, order_by="name desc")
	answer = asked(portal.post, address, "Guest" if guest else ANNA, **fields)
	if answer.status == 303:
		_nothing_executes(pages.customer)
	assert before


def _nothing_executes(customer: str) -> None:
	from bs4 import BeautifulSoup

	calls = frappe.get_all("Repair Call", {"customer": customer}, ["*"], order_by="creation desc", limit=2)
	texts = [(call.name, field, value) for call in calls for field, value in call.items()]
	for doctype in ("Comment", "Communication"):
		for row in frappe.get_all(
			doctype,
			{"reference_doctype": ("in", ["Repair Call", "Repair Card"])},
			["*"],
			order_by="creation desc",
			limit=3,
		):
			texts += [(doctype, field, value) for field, value in row.items()]
	for where, field, value in texts:
		if not isinstance(value, str) or "<" not in value:
			continue
		found = {tag.name for tag in BeautifulSoup(value, "html.parser").find_all(True)}
		assert found <= {"p", "br", "div", "b", "strong", "a", "span"}, (where, field, value)
		for tag in BeautifulSoup(value, "html.parser").find_all(True):
			assert not [name for name in tag.attrs if name.startswith("on")], (where, field, value)


@EACH
@given(words, words)
def test_any_address_is_answered(pages, one, other):
	for path in ("calls", "estimates", "products", "link"):
		asked(portal.get, f"/aftersales/{path}/{_in_path(one)}", ANNA)
		asked(
			portal.get,
			f"/aftersales/{path}/{_in_path(one)}?{portal.query(product=_utf8(other), said=_utf8(one))}",
		)
	for path in ("documents", "code"):
		asked(portal.get, f"/aftersales/{path}/{_in_path(one)}/{_in_path(other)}", ANNA)


@EACH
@given(st.dictionaries(st.sampled_from(FIELDS), words, max_size=4))
def test_any_query_is_answered(pages, query):
	query = {key: _utf8(value) for key, value in query.items()}
	for address in pages.logged_in:
		asked(portal.get, f"{address}?{portal.query(**query)}", ANNA)


@EACH
@given(
	st.binary(max_size=2000), st.sampled_from(("", "PNG", "JPEG", "GIF", "WEBP", "BMP")), st.integers(0, 1200)
)
def test_any_file_is_a_photo_or_is_refused(content, kind, at):
	"""Noise, and real pictures with noise in them."""
	if kind:
		picture = bytearray(portal.picture(kind))
		picture[at % len(picture) :][: len(content)] = content
		picture[at % len(picture) : at % len(picture) + len(content)] = content
		content = bytes(picture)
	upload = frappe._dict(filename="x.jpg", read=BytesIO(content).read)
	try:
		(written,) = photos.read([upload])
	except NotPossible:
		return
	assert written.startswith(b"\xff\xd8\xff")
	assert b"<script" not in written


def _utf8(text: str) -> str:
	return text.encode(errors="replace").decode()


def _in_path(text: str) -> str:
	from urllib.parse import quote

	return quote(_utf8(text)[:200] or "x", safe="")
