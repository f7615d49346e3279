"""Take a picture of every page of the app in the desk, wide and on a phone: `make pictures`, or by hand

    AFTERSALES_URL=http://127.0.0.1:8000 python docs/every_page.py [words that the pages' names hold]

For people who look at them before a version goes out, on version 15 and on 16. Pictures go to AFTERSALES_OUT/pictures/VERSION/SIZE,
by default into this checkout, with a page that shows all sizes and versions side by side. A page is named as failed
when a script of it fails, a request is answered with an error, or it does not come to rest.
"""

import html
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from docs.screenshots import ADMINISTRATOR, CHROMIUM, COMPANY, DESK, FLAGS, PHONE, URL, YEAR, log_in, settle

OUT = Path(os.environ.get("AFTERSALES_OUT") or Path(__file__).resolve().parents[1]) / "pictures"
SIZES = {"desktop": DESK, "phone": PHONE}
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


def _take_all(browser: Browser, size: str, words: list[str]) -> int:
	width, height = SIZES[size]
	context = browser.new_context(
		viewport={"width": width, "height": height}, is_mobile=size == "phone", has_touch=size == "phone"
	)
	page = context.new_page()
	log_in(page, ADMINISTRATOR)
	page.goto(f"{URL}/app/aftersales", wait_until="load")
	settle(page)
	version = "v" + page.evaluate("frappe.boot.versions.frappe").split(".")[0]
	folder = OUT / version / size
	folder.mkdir(parents=True, exist_ok=True)
	wrong: list[str] = []
	page.on("pageerror", lambda error: wrong.append(str(error).splitlines()[0]))
	page.on("response", lambda answer: answer.status >= 400 and wrong.append(f"{answer.status} {answer.url}"))
	failed = 0
	for name, path in list(pages(page)):
		if words and not any(word.lower() in name.lower() for word in words):
			continue
		wrong.clear()
		try:
			page.goto(URL + path, wait_until="load")
			settle(page)
			page.wait_for_timeout(GROWS)
		except Exception as error:
			wrong.append(str(error).splitlines()[0])
		page.screenshot(path=str(folder / f"{name}.png"))
		told = [each for each in wrong if not any(known in each for known in EXPECTED)]
		if told:
			failed += 1
			print(f"{version} {size} {name}: FAILED, {'; '.join(told)}", file=sys.stderr, flush=True)
	context.close()
	return failed


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
