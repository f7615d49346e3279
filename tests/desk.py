"""The desk in real browsers: each person is logged in as himself and works on one form after the other.

	with swept_afterwards(), passwords(clara="Service Agent", ...) as users:
		...
		frappe.db.commit()
		with chromium() as browser, desks_of(browser, server.url, users) as desks:
			desks.clara.open("Repair Call").enter(customer=...).save()
			desks.clara.press("Triage").is_in("Triaged")

Buttons are clicked as a person clicks them; plain fields are set in the page, which is quicker than typing.
Where AFTERSALES_PICTURES names a folder, pictures for somebody to look at are kept there, and what was on
the screens when a test failed.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe.utils.password import update_password
from playwright.sync_api import Browser, Error, Locator, TimeoutError, expect, sync_playwright

from tests import factories as make
from tests.processes import wait_for

CHROMIUM_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")
PASSWORD = "desk-of-the-tests"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
WAIT = 30_000
"""Milliseconds after which something has not come."""

LOADED = "window.$ && window.frappe?.request && frappe.ui?.form && frappe.router?.current_route"
"""The desk's scripts are there, and it has gone to a page."""

# Version 16 shows a list that comes late above the form to which somebody has gone on from it.
ARRIVED = f"""() => {{
	if (!({LOADED})) return false;
	const [view, doctype] = frappe.get_route();
	return parseInt(frappe.boot.versions.frappe) < 16 || view !== "List" || window.cur_list?.doctype === doctype;
}}"""

# Nothing is on its way to or from the server, nothing frozen, for long enough that what follows has begun.
QUIET = f"""() => {{
	const loaded = {LOADED};
	const busy = !loaded || frappe.request.ajax_count || $("#freeze").is(":visible") || frappe.ui.form.is_saving;
	if (busy) window.quiet_since = 0;
	else window.quiet_since ||= performance.now();
	return window.quiet_since && performance.now() - window.quiet_since > 200;
}}"""


_open: dict[str, object] = {}
"""Driver and browser that the tests of a file share."""


@contextmanager
def chromium(*arguments: str) -> Iterator[Browser]:
	"""A headless Chromium. The tests of a file share one, but for one with `arguments`; contexts are each test's own."""
	browser = _launch(*arguments) if arguments else _shared()
	try:
		yield browser
	finally:
		if arguments:
			browser.close()
		elif browser.is_connected():
			for context in browser.contexts:
				context.close()


def _shared() -> Browser:
	if not (_open.get("browser") and _open["browser"].is_connected()):
		_open["browser"] = _launch()
	return _open["browser"]


def _launch(*arguments: str) -> Browser:
	if "driver" not in _open:
		_open["driver"] = sync_playwright().start()
	return _open["driver"].chromium.launch(
		executable_path=os.environ["AFTERSALES_CHROMIUM"], args=[*CHROMIUM_ARGUMENTS, *arguments]
	)


def close_browser() -> None:
	"""End what :func:`chromium` left open for the next test of the file."""
	if browser := _open.pop("browser", None):
		browser.close()
	if driver := _open.pop("driver", None):
		driver.stop()


@contextmanager
def passwords(**roles: str | tuple[str, ...]) -> Iterator[dict[str, str]]:
	"""A user for each keyword, with the roles given, who can log in; gives the e-mail address by keyword."""
	users = {}
	try:
		for who, held in roles.items():
			users[who] = make.user(f"{who}@desk.example", *((held,) if isinstance(held, str) else held))
			update_password(users[who], PASSWORD)
		yield users
	finally:
		frappe.db.rollback()
		frappe.db.delete("__Auth", {"name": ("in", [f"{who}@desk.example" for who in roles])})
		frappe.db.commit()


@contextmanager
def desks_of(browser: Browser, url: str, users: dict[str, str], **options) -> Iterator[frappe._dict]:
	"""The desk of each of the `users`, by keyword, on the way to be loaded; no page may meet an error of script."""
	desks = frappe._dict({who: Desk(browser, url, user, **options).start() for who, user in users.items()})
	try:
		yield desks
		errors = {who: desk.errors for who, desk in desks.items() if desk.errors}
		assert not errors, errors
	except BaseException:
		for who, desk in desks.items():
			desk.picture(f"failed-{who}")
		raise


class Desk:
	"""The desk of one person."""

	def __init__(self, browser: Browser, url: str, user: str, password: str = PASSWORD, size: dict = DESK):
		phone = size["width"] < 600
		self.context = browser.new_context(
			base_url=url,
			viewport=size,
			has_touch=phone,
			is_mobile=phone,
			reduced_motion="reduce",  # dialogs are there at once
		)
		self.page = self.context.new_page()
		self.page.set_default_timeout(WAIT)
		self.errors: list[str] = []
		self.page.on("pageerror", self.note_error)
		self.log_in(user, password)

	def log_in(self, user: str, password: str = PASSWORD) -> "Desk":
		"""Somebody else takes the device: the page of the one before is closed, and the user logged in."""
		# Frappe gives the cookie of its session with every answer: one still on its way would bring back the
		# user who asked.
		self.page.goto("about:blank")
		answer = self.page.request.post("/api/method/login", form={"usr": user, "pwd": password})
		assert answer.ok, answer.text()
		return self

	def start(self, path: str = "/app/todo/view/list") -> "Desk":
		"""Begin to load the desk, and do not wait for it."""
		self.page.goto(path, wait_until="commit")
		return self

	def note_error(self, error: Error) -> None:
		# A request that was refused is a plain object, or nothing; what it says is read on the screen.
		if error.message in ("Object", "undefined"):
			return
		# Version 16 reads frappe.route_options after it has set them to null (its sidebar.js), and a list that comes
		# late asks for the title of the form to which the user has gone on meanwhile (its breadcrumbs.js)
		if "reading 'sidebar'" not in error.message and "set_form_breadcrumb" not in (error.stack or ""):
			self.errors.append(f"{error.message}\n{error.stack}")

	def ask(self, script: str, argument=None):
		"""What `script` says, or does, in the page once the desk's scripts are there: a page that has only begun to load
		would know none of their names."""
		self.page.wait_for_function(LOADED, timeout=WAIT)
		return self.page.evaluate(script, argument)

	# ------------------------------------------------------------------ forms

	def open(self, doctype: str, name: str | None = None) -> "Desk":
		"""Go to the form of a document, or to a new one, as it is on the server now."""
		self.page.wait_for_function(ARRIVED, timeout=WAIT)
		self.ask(
			"""([doctype, name]) => {
				if (!name) return void frappe.new_doc(doctype);
				// Frappe's router stays where it is when the route is the same
				if (frappe.get_route_str() === `Form/${doctype}/${name}` && cur_frm?.docname === name) return cur_frm.reload_doc();
				frappe.model.remove_from_locals(doctype, name);
				return frappe.set_route("Form", doctype, name);
			}""",
			[doctype, name],
		)
		return self.at(doctype, name)

	def at(self, doctype: str, name: str | None = None) -> "Desk":
		"""Wait for the form of `doctype`; for the document `name`, or else whichever."""
		self.page.wait_for_function(
			"""([doctype, name]) => window.cur_frm?.doctype === doctype && cur_frm.doc
				&& (!name || cur_frm.doc.name === name) && $(cur_frm.wrapper).is(":visible")""",
			arg=[doctype, name],
			timeout=WAIT,
		)
		return self.settled()

	def settled(self) -> "Desk":
		self.page.evaluate("() => { window.quiet_since = 0; }")
		self.page.wait_for_function(QUIET, timeout=WAIT)
		return self

	def value(self, fieldname: str):
		return self.ask("fieldname => cur_frm.doc[fieldname]", fieldname)

	def enter(self, **values) -> "Desk":
		self.ask("values => cur_frm.set_value(values)", values)
		return self

	def add(self, table: str, **values) -> "Desk":
		"""Add a row to a table of the form."""
		self.ask(
			"""([table, values]) => {
				cur_frm.add_child(table, values);
				cur_frm.refresh_field(table);
				cur_frm.dirty();
			}""",
			[table, values],
		)
		return self

	def tab(self, label: str) -> "Desk":
		self.page.locator(".form-tabs .nav-link:visible", has_text=label).click()
		return self

	def save(self) -> "Desk":
		self.settled()  # what a field fetches from the server comes first
		self.ask("() => void cur_frm.save()")  # a save that is refused keeps no promise
		self.page.wait_for_function("() => !cur_frm.is_new() && !cur_frm.is_dirty()", timeout=WAIT)
		return self.settled()

	def is_in(self, status: str) -> "Desk":
		"""Wait until the document on the screen is in `status`."""
		try:
			self.page.wait_for_function(
				"status => cur_frm.doc?.status === status && !cur_frm.is_dirty()", arg=status, timeout=WAIT
			)
		except TimeoutError as late:
			shown = self.ask(
				"""() => [cur_frm.doc?.name, cur_frm.doc?.status, cur_frm.is_dirty() ? "not saved" : "saved",
					...$(".msgprint:visible, .modal-title:visible").map((_, text) => text.innerText).get()]"""
			)
			raise AssertionError(f"not {status}: {shown}") from late
		return self.settled()

	# ------------------------------------------------------------------ what is clicked

	@property
	def head(self) -> Locator:
		return self.page.locator(".page-container:visible .page-head")

	def press(self, label: str, group: str | None = None) -> "Desk":
		"""Click a button of the form's head, or an entry of one of its button groups."""
		if group:
			self.head.get_by_role("button", name=group, exact=True).click()
			self.head.get_by_role("link", name=label, exact=True).click()
		else:
			self.head.get_by_role("button", name=label, exact=True).click()
		return self

	def menu(self, label: str) -> "Desk":
		"""Click an entry of the menu behind the three dots."""
		self.head.locator(".menu-btn-group > button").click()
		self.head.locator(".menu-btn-group .dropdown-menu li:visible", has_text=label).click()
		return self

	def buttons(self) -> set[str]:
		"""The labels of what can be pressed in the form's head, as `Group > Label` where they are grouped."""
		return set(
			self.ask(
				r"""() => {
					const head = cur_frm.page.wrapper.find(".page-head");
					const shown = (element) => $(element).closest(".hide, .hidden").length === 0;
					const words = (element) => $(element).text().trim().replace(/\s+/g, " ");
					const single = head.find(
						".custom-actions > button, .standard-actions > .primary-action, .actions-btn-group.workflow-button-area > button"
					);
					const grouped = head.find(".inner-group-button, .actions-btn-group").filter((_i, e) => shown(e));
					return [
						...single.toArray().filter((e) => shown(e) && words(e)).map(words),
						...grouped.toArray().flatMap((group) =>
							$(group).find(".dropdown-menu .dropdown-item, .dropdown-menu a").toArray().filter(shown)
								.map((entry) => `${words($(group).find("> button"))} > ${words(entry)}`)
						),
					];
				}"""
			)
		)

	def offers(self, *labels: str) -> "Desk":
		"""Wait until exactly these can be pressed in the form's head."""
		wait_for(lambda: self.buttons() == set(labels), WAIT / 1000, f"{labels}, not {self.buttons()}")
		return self

	def submit(self, label: str = "Submit") -> "Desk":
		return self.press(label).answer("Yes")

	# ------------------------------------------------------------------ dialogs

	def answer(self, button: str, **values) -> "Desk":
		"""Fill in the dialog that is open, and press its `button`."""
		pressed = self.page.locator(".modal.show").last.get_by_role("button", name=button, exact=True)
		expect(pressed).to_be_visible(timeout=WAIT)
		if values:
			self.page.wait_for_function("() => window.cur_dialog?.display", timeout=WAIT)
			self.ask("values => cur_dialog.set_values(values)", values)
		pressed.click()
		return self

	def refused(self, *texts: str) -> "Desk":
		"""Read why something is refused, and close the message."""
		open_ones = self.page.locator(".modal.show")
		message = open_ones.last
		for text in texts:
			expect(message).to_contain_text(text, timeout=WAIT)
		left = open_ones.count() - 1
		message.locator(".btn-modal-close").click()
		expect(open_ones).to_have_count(left, timeout=WAIT)
		return self.settled()

	def sign(self, fieldname: str) -> "Desk":
		"""Draw a stroke into the signature `fieldname` of the dialog or the form."""
		pad = self.page.locator(
			f"[data-fieldname={fieldname}] canvas:visible"
		).last  # of a dialog, above the form
		pad.evaluate("pad => pad.scrollIntoView({block: 'center', behavior: 'instant'})")
		pad.hover()  # waits until it no longer moves
		box = pad.bounding_box()
		self.page.mouse.move(box["x"] + 40, box["y"] + box["height"] / 2)
		self.page.mouse.down()
		for step in range(1, 6):
			self.page.mouse.move(
				box["x"] + 40 + 30 * step, box["y"] + box["height"] * (0.3 + 0.1 * (step % 4))
			)
		self.page.mouse.up()
		self.page.wait_for_function(
			"fieldname => (window.cur_dialog?.display ? cur_dialog.get_value(fieldname) : cur_frm.doc[fieldname])",
			arg=fieldname,
			timeout=WAIT,
		)
		return self

	def picture(self, name: str) -> "Desk":
		"""Keep a picture of the page, if pictures are wanted."""
		if folder := os.environ.get("AFTERSALES_PICTURES"):
			self.page.screenshot(path=os.path.join(folder, f"{name}.png"))
		return self
