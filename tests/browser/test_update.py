"""After an update of the app: somebody who had the desk open gets the new scripts, not those the browser has kept."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import frappe

from tests.committed import swept_afterwards
from tests.desk import WAIT, Desk, chromium, passwords

BUNDLE = "aftersales.bundle.js"
SCRIPT = (
	"() => [...document.scripts].map(script => script.src).find(src => src.includes('/aftersales.bundle.'))"
)


@contextmanager
def next_version() -> Iterator[Callable[[], None]]:
	"""Gives a function that does what an update does to the desk: another bundle, under the name of its content."""
	sites = Path(os.environ["AFTERSALES_BENCH"]) / "sites"
	built = json.loads((sites / "assets" / "assets.json").read_text())
	built |= json.loads((sites / "assets" / "assets-rtl.json").read_text())
	old = sites / built[BUNDLE].lstrip("/")
	new = old.with_name("aftersales.bundle.OFTOMORROW.js")

	def update() -> None:
		new.write_text(old.read_text() + "\nwindow.aftersales_of_tomorrow = true;\n")
		address = built[BUNDLE].replace(old.name, new.name)
		frappe.cache.set_value("assets_json", {**built, BUNDLE: address}, shared=True)

	try:
		yield update
	finally:
		frappe.cache.delete_value("assets_json", shared=True)
		new.unlink(missing_ok=True)


def test_an_open_desk_gets_the_new_scripts_when_it_is_loaded_again(server):
	with (
		swept_afterwards(),
		passwords(agent="Service Agent") as users,
		chromium() as browser,
		next_version() as update,
	):
		frappe.db.commit()
		desk = Desk(browser, server.url, users["agent"]).start()
		desk.page.wait_for_function("window.aftersales && aftersales.forms", timeout=WAIT)
		before = desk.ask(SCRIPT)
		desk.page.reload()
		desk.page.wait_for_function("window.aftersales && aftersales.forms", timeout=WAIT)
		assert desk.ask(SCRIPT) == before, "what has not changed is taken from the browser's store"

		update()
		if hasattr(
			frappe, "client_cache"
		):  # version 16: the names are kept in each process, too; an update ends them
			server.stop()
			server.start()
		desk.page.reload()
		desk.page.wait_for_function("window.aftersales_of_tomorrow", timeout=WAIT)
		assert desk.ask(SCRIPT) != before
		assert desk.errors == []
