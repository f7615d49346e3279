"""A technician's phone in a real browser of its own: it is killed as a phone kills it, and keeps what it stored.

with phone_of(playwright, folder, url) as phone:
	phone.log_in(user).open()
	phone.kill().start().open()
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Error, Locator, Playwright, expect

from tests.desk import CHROMIUM_ARGUMENTS, PASSWORD, PHONE, WAIT

APP = "/technician"


class Phone:
	"""Chromium with a profile of its own, 390 pixels wide; counts taps."""

	def __init__(self, playwright: Playwright, folder: Path, url: str):
		self.playwright, self.folder, self.url = playwright, folder, url
		self.taps = 0
		self.errors: list[str] = []
		self.start()

	def start(self) -> "Phone":
		self.context = self.playwright.chromium.launch_persistent_context(
			str(self.folder),
			executable_path=os.environ["AFTERSALES_CHROMIUM"],
			args=list(CHROMIUM_ARGUMENTS),
			base_url=self.url,
			viewport=PHONE,
			has_touch=True,
			is_mobile=True,
			device_scale_factor=2,
		)
		self.page = self.context.pages[0] if self.context.pages else self.context.new_page()
		self.page.set_default_timeout(WAIT)
		self.page.on("pageerror", lambda error: self.errors.append(f"{error.message}\n{error.stack}"))
		return self

	def kill(self) -> "Phone":
		"""The phone ends the browser without asking."""
		for process in psutil.process_iter(["cmdline"]):
			if f"--user-data-dir={self.folder}" in (process.info["cmdline"] or []):
				try:
					process.send_signal(signal.SIGKILL)
				except psutil.NoSuchProcess:
					pass
		self.close()
		for lock in self.folder.glob("Singleton*"):
			lock.unlink()
		return self

	def close(self) -> None:
		try:
			self.context.close()
		except Error:
			pass  # it is gone

	def log_in(self, user: str, password: str = PASSWORD) -> "Phone":
		answer = self.page.request.post("/api/method/login", form={"usr": user, "pwd": password})
		assert answer.ok, answer.text()
		return self

	def open(self) -> "Phone":
		self.page.goto(APP)
		expect(self.page.get_by_role("heading", name="My Day")).to_be_visible(timeout=WAIT)
		return self

	def works_offline(self) -> "Phone":
		"""Wait until the whole app is on the phone."""
		self.page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")
		return self

	# ------------------------------------------------------------------ what is tapped

	def tap(self, what: Locator | str, role: str = "button") -> "Phone":
		found = self.page.get_by_role(role, name=what, exact=True) if isinstance(what, str) else what
		found.click()
		self.taps += 1
		return self

	def visit(self, customer: str) -> "Phone":
		return self.tap(self.page.locator("a.visit", has_text=customer).first)

	def type(self, label: str, text: str) -> "Phone":
		"""A tap into the field, and words."""
		field = self.page.get_by_label(label, exact=True)
		field.click()
		self.taps += 1
		field.fill(text)
		return self

	def sign(self) -> "Phone":
		return self.sign_in(self.page.locator("dialog[open]").or_(self.page.locator("main")).last)

	def sign_in(self, place: Locator) -> "Phone":
		pad = place.locator("[data-pad=signature]").first
		pad.scroll_into_view_if_needed()
		box = pad.bounding_box()
		self.page.mouse.move(box["x"] + 40, box["y"] + 60)
		self.page.mouse.down()
		for step in range(1, 8):
			self.page.mouse.move(box["x"] + 40 + 30 * step, box["y"] + 60 + 12 * (step % 3))
		self.page.mouse.up()
		self.taps += 1
		return self

	def photo(self, shows: str, content: bytes) -> "Phone":
		"""A tap opens the camera, another takes the picture."""
		count = self.page.locator(".photos img").count()
		self.page.locator(f"input[data-shows={shows}]").set_input_files(
			{"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": content}
		)
		expect(self.page.locator(".photos img")).to_have_count(count + 1)
		self.taps += 2
		return self

	def stored(self) -> "Phone":
		"""Wait until what was entered is stored on the phone."""
		self.page.wait_for_timeout(400)
		return self

	def picture(self, name: str, whole: bool = False) -> "Phone":
		if folder := os.environ.get("AFTERSALES_PICTURES"):
			self.page.screenshot(path=os.path.join(folder, f"{name}.png"), full_page=whole)
		return self


@contextmanager
def phone_of(playwright: Playwright, folder: Path, url: str) -> Iterator[Phone]:
	phone = Phone(playwright, folder, url)
	try:
		yield phone
		assert phone.errors == []
	except BaseException:
		phone.picture("failed-phone", whole=True)
		raise
	finally:
		phone.close()
