"""Take a picture of every page of the app, wide and on a phone, light and dark: `make pictures`, or by hand

    AFTERSALES_URL=http://127.0.0.1:8000 python docs/every_page.py [words that the pages' names hold]

For people who look at them before a version goes out, on version 15 and on 16: the desk as the Administrator, the first page of each
role, customers' pages and prints. Pictures go to AFTERSALES_OUT/pictures/VERSION/SIZE-THEME, by default into this checkout, with a page
that shows them side by side. A page is named as failed when a script of it fails, a request is answered with an error, or it does
not come to rest. Within the desk one page follows the other without a new load, as for somebody who works there.
"""

import html
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from docs.screenshots import (
	ACCOUNTANT,
	ADMINISTRATOR,
	AGENT,
	ANNA,
	CHROMIUM,
	COMPANY,
	DESK,
	FLAGS,
	MANAGER,
	PHONE,
	SUPERVISOR,
	TECHNICIAN,
	TOMAS,
	URL,
	WORKSHOP,
	YEAR,
	log_in,
	settle,
)

OUT = Path(os.environ.get("AFTERSALES_OUT") or Path(__file__).resolve().parents[1]) / "pictures"
SIZES = {"desktop": DESK, "phone": PHONE}
THEMES = ("light", "dark")
STAFF = {
	"agent": AGENT,
	"supervisor": SUPERVISOR,
	"technician": TECHNICIAN,
	"workshop": WORKSHOP,
	"accountant": ACCOUNTANT,
	"manager": MANAGER,
}
CUSTOMERS = {"anna": ANNA, "tomas": TOMAS}
SET_THEME = """(theme) => ["data-theme-mode", "data-theme"].forEach(
	(name) => document.documentElement.setAttribute(name, theme)
)"""
LOADS_ANEW = 50
"""Pages after which the desk is loaded anew: a browser that has seen hundreds of forms becomes slow."""
GROWS = 900
"""Milliseconds until a chart has its height."""
EXPECTED = ("reading 'sidebar'",)
"""Errors of Frappe's own scripts: version 16 reads the route options that it has just used."""


def pages(page: Page) -> Iterator[tuple[str, str]]:
	"""Name and route of every page: boards, workspace, dashboard, settings, lists, forms, new forms, reports."""
	yield from ((f"page {route}", f"/app/{route}") for route in _names(page, "Page"))
	yield "workspace", "/app/aftersales"
	yield "dashboard", "/app/dashboard-view/After-sales Service"
	for doctype, single in _doctypes(page):
		route = f"/app/{doctype.lower().replace(' ', '-')}"
		if single:
			yield f"form {doctype}", route
			continue
		yield f"list {doctype}", f"{route}/view/list"
		rows = _resource(page, doctype, limit_page_length=1, order_by="creation asc")
		if rows:
			yield f"form {doctype}", f"{route}/{quote(rows[0]['name'], safe='')}"
		yield f"new {doctype}", f"{route}/new"
	filters = "&".join(f"{key}={quote(value)}" for key, value in {"company": COMPANY, **YEAR}.items())
	for report in _names(page, "Report"):
		yield f"report {report}", f"/app/query-report/{quote(report)}?{filters}"


def _resource(page: Page, doctype: str, **parameters) -> list[dict]:
	answer = page.request.get(f"{URL}/api/resource/{quote(doctype)}", params=parameters)
	return answer.json().get("data") or []


def _modules(page: Page) -> list[str]:
	found = _resource(page, "Module Def", filters='[["app_name","=","aftersales"]]', limit_page_length=0)
	return [row["name"] for row in found]


def _names(page: Page, doctype: str) -> list[str]:
	ours = '","'.join(_modules(page))
	filters = f'[["module","in",["{ours}"]]]'
	found = _resource(page, doctype, filters=filters, limit_page_length=0, order_by="name asc")
	return [row["name"] for row in found]


def _doctypes(page: Page) -> list[tuple[str, int]]:
	"""The app's DocTypes that have a form, with whether each is a Single."""
	ours = '","'.join(_modules(page))
	found = _resource(
		page,
		"DocType",
		filters=f'[["module","in",["{ours}"]],["istable","=",0]]',
		fields='["name","issingle"]',
		limit_page_length=0,
		order_by="name asc",
	)
	return [(row["name"], row["issingle"]) for row in found if row["name"] != "Service Search Key"]


def main(words: list[str]) -> int:
	"""Take the pictures; returns the number of pages that failed."""
	failed = 0
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
		for size in SIZES:
			failed += _take_all(browser, size, words)
		browser.close()
	_write_index()
	return failed


class Visit:
	"""Somebody's browser of one size that takes pictures of pages and hears what fails."""

	def __init__(self, browser: Browser, size: str, user: str):
		width, height = SIZES[size]
		phone = size == "phone"
		self.size, self.failed = size, 0
		self.context = browser.new_context(
			viewport={"width": width, "height": height}, is_mobile=phone, has_touch=phone, locale="en-IE"
		)
		self.page = self.context.new_page()
		log_in(self.page, user)
		self.wrong: list[str] = []
		self.page.on("pageerror", lambda error: self.wrong.append(str(error).splitlines()[0]))
		self.page.on("response", self._answered)
		self.version = ""

	def _answered(self, answer) -> None:
		if answer.status >= 400:
			self.wrong.append(f"{answer.status} {answer.url}")

	def load(self, path: str) -> None:
		self.page.goto(URL + path, wait_until="load")
		settle(self.page)
		self.version = "v" + self.page.evaluate("frappe.boot.versions.frappe").split(".")[0]

	def go(self, path: str) -> None:
		"""Another page of the desk that is loaded; what follows a question mark are filters."""
		route, _mark, query = path.removeprefix("/app/").partition("?")
		self.page.evaluate(
			"""([route, options]) => {
				frappe.route_options = options;
				return frappe.set_route(route);
			}""",
			[[unquote(part) for part in route.split("/")], dict(parse_qsl(query)) or None],
		)
		settle(self.page)
		self.page.wait_for_timeout(GROWS)

	def take(self, name: str, open_page: Callable[[], None], themes: tuple[str, ...] = THEMES) -> None:
		self.wrong.clear()
		try:
			open_page()
		except Exception as error:
			self.wrong.append(str(error).splitlines()[0])
		for theme in themes:
			folder = OUT / self.version / f"{self.size}-{theme}"
			folder.mkdir(parents=True, exist_ok=True)
			self.page.evaluate(SET_THEME, theme)
			self.page.wait_for_timeout(150)
			self.page.screenshot(path=str(folder / f"{name}.png"))
		self.page.evaluate(SET_THEME, "light")
		if told := [each for each in self.wrong if not any(known in each for known in EXPECTED)]:
			self.failed += 1
			print(
				f"{self.version} {self.size} {name}: FAILED, {'; '.join(told)}", file=sys.stderr, flush=True
			)


def _take_all(browser: Browser, size: str, words: list[str]) -> int:
	def wanted(name: str) -> bool:
		return not words or any(word.lower() in name.lower() for word in words)

	visit = Visit(browser, size, ADMINISTRATOR)
	visit.load("/app/aftersales")
	for number, (name, path) in enumerate(row for row in list(pages(visit.page)) if wanted(row[0])):
		if number % LOADS_ANEW == LOADS_ANEW - 1:
			visit.load("/app/aftersales")
		visit.take(name, lambda path=path: visit.go(path))
	prints = [row for row in _prints(visit.page) if wanted(row[0])] if size == "desktop" else []
	for name, path in prints:
		visit.take(name, lambda path=path: visit.page.goto(URL + path, wait_until="load"), THEMES[:1])
	failed, version = visit.failed, visit.version
	visit.context.close()
	for role, user in STAFF.items():
		if wanted(f"first page {role}"):
			failed += _first_pages(browser, size, role, user)
	for name, user in CUSTOMERS.items():
		if wanted(f"portal {name}"):
			failed += _portal(browser, size, version, name, user)
	return failed


def _first_pages(browser: Browser, size: str, role: str, user: str) -> int:
	"""Where a role lands, and its workspace."""
	visit = Visit(browser, size, user)
	visit.load("/app/aftersales")
	visit.take(f"first page {role} workspace", lambda: None)
	visit.take(f"first page {role}", lambda: _rest_at(visit.page, "/app"))
	visit.context.close()
	return visit.failed


def _rest_at(page: Page, path: str) -> None:
	page.goto(URL + path, wait_until="load")
	page.wait_for_timeout(4 * GROWS)


def _portal(browser: Browser, size: str, version: str, name: str, user: str) -> int:
	"""Customers' pages: the start page, and each page of ours that it leads to."""
	visit = Visit(browser, size, user)
	visit.version = version
	visit.page.goto(f"{URL}/aftersales", wait_until="load")
	links = visit.page.evaluate("""() => [...document.querySelectorAll("a[href^='/aftersales']")]
		.map((link) => link.getAttribute("href")).filter((href) => !href.includes("/documents/"))""")
	for path in dict.fromkeys(["/aftersales", *links]):
		label = path.removeprefix("/aftersales").strip("/").replace("/", " ") or "start"
		visit.take(f"portal {name} {label}", lambda path=path: _rest_at(visit.page, path), THEMES[:1])
	visit.context.close()
	return visit.failed


def _prints(page: Page) -> Iterator[tuple[str, str]]:
	"""Each print format of the app, of the oldest document of its kind."""
	ours = '","'.join(_modules(page))
	fields = '["name","doc_type"]'
	formats = _resource(
		page,
		"Print Format",
		filters=f'[["module","in",["{ours}"]]]',
		fields=fields,
		limit_page_length=0,
		order_by="name asc",
	)
	for row in formats:
		if found := _resource(page, row["doc_type"], limit_page_length=1, order_by="creation asc"):
			asked = {"doctype": row["doc_type"], "name": found[0]["name"], "format": row["name"]}
			yield f"print {row['name']}", f"/printview?{urlencode(asked)}&no_letterhead=0"


def _write_index() -> None:
	"""A page with every picture, a row for each page and a column for each version and size."""
	columns = sorted(str(path.relative_to(OUT)) for path in OUT.glob("*/*") if path.is_dir())
	names = sorted({path.stem for column in columns for path in (OUT / column).glob("*.png")})
	rows = "".join(
		f"<tr><th>{html.escape(name)}</th>"
		+ "".join(f"<td><img loading=lazy src='{quote(f'{column}/{name}.png')}'></td>" for column in columns)
		+ "</tr>"
		for name in names
	)
	heads = "".join(f"<th>{column}</th>" for column in columns)
	style = (
		"img{max-width:480px;max-height:520px;border:1px solid #ccc}th{text-align:left;vertical-align:top}"
	)
	(OUT / "index.html").write_text(
		f"<!doctype html><meta charset=utf-8><title>Every page</title><style>{style}</style>"
		f"<table><tr><th></th>{heads}</tr>{rows}</table>"
	)


if __name__ == "__main__":
	sys.exit(main(sys.argv[1:]))
