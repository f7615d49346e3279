"""Take the pictures of docs/images from a running demo: `make screenshots`, or by hand

    AFTERSALES_URL=http://127.0.0.1:8000 python docs/screenshots.py [names of pictures]

Needs playwright, Pillow and a Chromium (AFTERSALES_CHROMIUM, default /usr/bin/chromium). Pictures go to
AFTERSALES_OUT/docs/images, by default into this checkout. Whoever may see the page logs in: the people
of the demo company, so that the pictures show what they see.
"""

import io
import json
import os
import sys
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlencode

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

URL = os.environ.get("AFTERSALES_URL", "http://127.0.0.1:8000").rstrip("/")
OUT = Path(os.environ.get("AFTERSALES_OUT") or Path(__file__).resolve().parents[1]) / "docs" / "images"
PASSWORD = os.environ.get("AFTERSALES_PASSWORD", "liffey-demo")
CHROMIUM = os.environ.get("AFTERSALES_CHROMIUM") or "/usr/bin/chromium"
FLAGS = (
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
)
CHART_GROWS = 1500
"""Milliseconds until the bars of a report's chart have their height."""
LIMIT = 250_000
"""Bytes a picture may have."""

AGENT = "sean@liffey.example"
SUPERVISOR = "orla@liffey.example"
TECHNICIAN = "aoife@liffey.example"
WORKSHOP = "niamh@liffey.example"
MANAGER = "fionn@liffey.example"
ANNA = "anna@kowalska.example"
TOMAS = "tomas@healy.example"
ACCOUNTANT = "grainne@liffey.example"
ADMINISTRATOR = "Administrator"
ADMIN_PASSWORD = os.environ.get("AFTERSALES_ADMIN_PASSWORD", "admin")

DESK = (1440, 900)
PHONE = (390, 844)
PAPER = (1000, 1300)

# True once the desk has nothing on its way and nothing that says it is loading.
SETTLED = """() => {
	const shown = (element) => element.offsetParent !== null;
	const any_shown = (selector) => [...document.querySelectorAll(selector)].some(shown);
	return document.readyState === "complete"
		&& window.frappe?.request
		&& !frappe.request.ajax_count
		&& !any_shown(".workspace-skeleton, .freeze, .chart-loading-state, .list-loading, .centered.splash")
		&& ![...document.querySelectorAll(".widget")].some((w) => shown(w) && /Loading\\.\\.\\./.test(w.innerText));
}"""


@dataclass
class Shot:
	"""One picture. `path` may hold {name}: the first document of `doctype` that fits `filters`."""

	name: str
	user: str
	path: str
	doctype: str | None = None
	filters: dict = field(default_factory=dict)
	size: tuple[int, int] = DESK
	full_height: int | None = None
	paper: bool = False
	click: str | None = None
	"""A customers' page: the link that leads on from `path`."""
	steps: tuple[tuple[str, str], ...] = ()
	"""What is done on the page first: ("type", text), ("press", key), ("run", JavaScript)."""


def printview(doctype: str, print_format: str) -> str:
	return f"/printview?doctype={doctype}&name={{name}}&format={print_format}&no_letterhead=0"


def report(name: str, **filters: str) -> str:
	return f"/app/query-report/{quote(name)}?{urlencode({'company': COMPANY, **filters})}"


COMPANY = "Liffey Service Ltd"
PERIOD = {
	"from_date": str(date.today() - timedelta(days=30)),
	"to_date": str(date.today()),
}
YEAR = {**PERIOD, "from_date": str(date.today() - timedelta(days=365))}
WITH_HAZARD = {"status": "In Progress", "hazard": ["is", "set"]}
WITH_CASH = {"docstatus": 1, "cash_collected": [">", 0], "billing_status": "Paid"}
RETURNED = {"docstatus": 1, "status": "Returned", "amount_due": [">", 0], "vendor_cost": 0}

TOMORROW = "document.querySelector('[data-go=\"1\"]').click()"
"""On the dispatch board, the demo's next visits."""
WORKING_DAY = () if 7 <= datetime.now().hour < 18 else (("run", TOMORROW),)
"""The demo's emergency is of the hour: at night it would stretch the board of today over 24 hours."""
A_CALL = (
	("type", "boyne"),
	("press", "Enter"),
	("run", "document.getElementById('pd-subject').focus()"),
	("type", "Spindle stops after ten minutes"),
	("press", "F4"),
)
"""The phone desk with a customer chosen, a fault typed and a window promised."""

A_STATE_OF_YOUR_OWN = """() => {{
	const step = {{ allowed: "Service Supervisor", allow_self_approval: 1 }};
	const waiting = "Waiting for building manager";
	cur_frm.add_child("states", {{
		state: waiting, doc_status: "0", update_field: "status", update_value: "On Hold", allow_edit: "Service Agent",
	}});
	cur_frm.add_child("transitions", {{ state: "Triaged", action: "Wait for Key", next_state: waiting, ...step }});
	cur_frm.add_child("transitions", {{ state: waiting, action: "Resume", next_state: "Triaged", ...step }});
	cur_frm.refresh_fields();
	cur_frm.get_field("transitions").grid.grid_pagination.go_to_page(2);
	cur_frm.scroll_to_field("states");
}}"""
"""A workflow's form with one more row in its states and two in its transitions, not saved."""

PREVIEW = """() => {{
	[...document.querySelectorAll(".page-head button")].find((b) => b.innerText.trim() === "Preview").click();
}}"""
"""Press the button of a Service Target that tries it on the open documents."""

SHOTS = (
	Shot(
		"service-dashboard",
		MANAGER,
		"/app/dashboard-view/After-sales Service",
		steps=(("run", "0"), ("run", "0")),
		full_height=2150,
	),
	Shot("workspace", MANAGER, "/app/aftersales", full_height=1750),
	Shot("repair-call-list", AGENT, "/app/repair-call/view/list"),
	Shot("repair-call", AGENT, "/app/repair-call/{name}", "Repair Call", WITH_HAZARD, full_height=1250),
	Shot("service-voucher-list-phone", TECHNICIAN, "/app/service-voucher/view/list", size=PHONE),
	Shot("billing-desk", ACCOUNTANT, "/app/billing-desk"),
	Shot(
		"service-contract",
		MANAGER,
		"/app/service-contract/{name}",
		"Service Contract",
		{"customer": "Café Rialto"},
	),
	Shot(
		"repair-card",
		WORKSHOP,
		"/app/repair-card/{name}",
		"Repair Card",
		{"status": "In Repair"},
		full_height=1100,
	),
	Shot(
		"loaner-issue", AGENT, "/app/loaner-issue/{name}", "Loaner Issue", {"docstatus": 1}, full_height=1000
	),
	Shot("custody-register", SUPERVISOR, "/app/query-report/Custody Register"),
	Shot("dispatch-board", SUPERVISOR, "/app/dispatch-board", steps=WORKING_DAY),
	Shot(
		"dispatch-board-plan",
		SUPERVISOR,
		"/app/dispatch-board",
		steps=(("run", TOMORROW), ("run", "document.querySelector('.db-call').click()")),
	),
	Shot("dispatch-board-phone", TECHNICIAN, "/app/dispatch-board", size=PHONE),
	Shot("workshop-board", SUPERVISOR, "/app/workshop-board"),
	Shot("customer-equipment", AGENT, "/app/customer-equipment/{name}", "Customer Equipment"),
	Shot("phone-desk", AGENT, "/app/phone-desk", steps=A_CALL, full_height=960),
	Shot(
		"follow-up-call",
		AGENT,
		"/app/follow-up/view/list",
		steps=(("run", "() => {{ aftersales.calling.open('{name}', () => {{}}); }}"),),
		doctype="Follow-up",
		filters={"status": "Planned", "kind": "Effectiveness"},
	),
	# the bars of the chart grow for a moment
	Shot("key-figures", MANAGER, report("Service Key Figures")),
	Shot("fault-pareto", MANAGER, report("Fault Pareto")),
	Shot("work-by-stage", SUPERVISOR, report("Work by Stage")),
	Shot("non-conformance", SUPERVISOR, "/app/non-conformance/{name}", "Non Conformance", full_height=1100),
	Shot(
		"customer-satisfaction",
		SUPERVISOR,
		"/app/query-report/Customer Satisfaction",
		steps=(("run", "0"), ("run", "0")),
	),
	Shot("periodic-visit-plan", SUPERVISOR, "/app/periodic-visit-plan/Key Customers", full_height=1100),
	Shot(
		"complaint",
		SUPERVISOR,
		"/app/service-complaint/{name}",
		"Service Complaint",
		{"status": "Investigating"},
		full_height=1350,
	),
	Shot(
		"print-complaint-answer",
		SUPERVISOR,
		printview("Service Complaint", "Complaint Answer"),
		"Service Complaint",
		{"status": "Closed"},
		PAPER,
		paper=True,
	),
	Shot(
		"cash-handover",
		ACCOUNTANT,
		"/app/technician-cash-handover/{name}",
		"Technician Cash Handover",
		{"docstatus": 1},
		full_height=1150,
	),
	Shot("reconciliation", ACCOUNTANT, report("Service Revenue Reconciliation", **PERIOD)),
	Shot("contract-profitability", ACCOUNTANT, report("Contract Profitability", **YEAR)),
	Shot(
		"warranty-recovery",
		ACCOUNTANT,
		"/app/warranty-recovery-claim/{name}",
		"Warranty Recovery Claim",
		{"docstatus": 1},
		full_height=1150,
	),
	Shot(
		"damage-claim",
		SUPERVISOR,
		"/app/damage-claim/{name}",
		"Damage Claim",
		{"docstatus": 0},
		full_height=1300,
	),
	Shot(
		"print-service-voucher",
		SUPERVISOR,
		printview("Service Voucher", "Service Voucher"),
		"Service Voucher",
		WITH_CASH,
		PAPER,
		paper=True,
	),
	Shot(
		"print-loan-agreement",
		SUPERVISOR,
		printview("Loaner Issue", "Loan Agreement"),
		"Loaner Issue",
		{"docstatus": 1},
		PAPER,
		paper=True,
	),
	Shot(
		"print-vendor-repair-note",
		SUPERVISOR,
		printview("Vendor Repair", "Vendor Repair Note"),
		"Vendor Repair",
		{"status": "Sent"},
		PAPER,
		paper=True,
	),
	Shot(
		"vendor-repair",
		WORKSHOP,
		"/app/vendor-repair/{name}",
		"Vendor Repair",
		{"status": "Back"},
		full_height=1100,
	),
	Shot("service-target", MANAGER, "/app/service-target/Visit", full_height=2400),
	Shot("service-target-preview", MANAGER, "/app/service-target/Visit", steps=(("run", PREVIEW),)),
	Shot(
		"workflow-state",
		ADMINISTRATOR,
		"/app/workflow/Repair Call",
		steps=(("run", A_STATE_OF_YOUR_OWN),),
		full_height=1300,
	),
	Shot(
		"service-notification", ADMINISTRATOR, "/app/notification/Service Target Breached", full_height=1300
	),
	Shot("due-next", SUPERVISOR, "/app/query-report/Due Next"),
	Shot(
		"service-level-compliance",
		MANAGER,
		"/app/query-report/Service Level Compliance",
		steps=(("run", "0"), ("run", "0")),
	),
	Shot("customer-home", ANNA, "/aftersales"),
	Shot("customer-call", TOMAS, "/aftersales", click="Your appointment", full_height=1300),
	Shot("customer-estimate", ANNA, "/aftersales", click="See the estimate", full_height=1100),
	Shot("setup-assistant", ADMINISTRATOR, "/app/setup-assistant", full_height=1000),
	Shot("service-map", SUPERVISOR, "/app/service-map"),
	Shot(
		"visit-plan",
		SUPERVISOR,
		"/app/visit-plan/{name}",
		"Visit Plan",
		{"status": "Proposed"},
		full_height=1150,
	),
	Shot(
		"service-standards",
		MANAGER,
		report("Service Standards", **PERIOD),
		steps=(("run", "0"), ("run", "0")),
	),
)


def main(names: list[str]) -> int:
	"""Take the pictures called `names`, or all; returns the number of those that failed."""
	OUT.mkdir(parents=True, exist_ok=True)
	failed = 0
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
		for shot in SHOTS:
			if names and shot.name not in names:
				continue
			try:
				print(f"{shot.name}: {take(browser, shot) // 1000} kB", flush=True)
			except Exception as error:
				failed += 1
				print(f"{shot.name}: FAILED, {error}", file=sys.stderr, flush=True)
		browser.close()
	return failed


def take(browser: Browser, shot: Shot) -> int:
	"""Take one picture and write it; returns its size in bytes."""
	width, height = shot.size
	context = browser.new_context(
		viewport={"width": width, "height": shot.full_height or height},
		is_mobile=shot.size == PHONE,
		has_touch=shot.size == PHONE,
		locale="en-IE",
	)
	try:
		page = context.new_page()
		log_in(page, shot.user)
		name = first_name(page, shot.doctype, shot.filters) if shot.doctype else ""
		path = shot.path.format(name=name)
		page.goto(URL + path, wait_until="load")
		if shot.path.startswith("/aftersales"):
			if shot.click:
				page.get_by_role("link", name=shot.click).first.click()
			picture = page.screenshot()
		elif shot.paper:
			picture = page.locator(".print-format").screenshot()
		else:
			settle(page)
			for step in shot.steps:
				take_step(page, step[0], step[1].format(name=name))
			if "/query-report/" in path:
				page.wait_for_timeout(CHART_GROWS)
			picture = page.screenshot()
		return write(shot.name, picture)
	finally:
		context.close()


def take_step(page: Page, what: str, value: str) -> None:
	"""Do one of a picture's steps and wait until the page has answered."""
	{"type": page.keyboard.type, "press": page.keyboard.press, "run": page.evaluate}[what](value)
	page.wait_for_timeout(400)
	settle(page)


def log_in(page: Page, user: str) -> None:
	password = ADMIN_PASSWORD if user == ADMINISTRATOR else PASSWORD
	answer = page.request.post(f"{URL}/api/method/login", form={"usr": user, "pwd": password})
	if not answer.ok:
		raise RuntimeError(f"{user} cannot log in at {URL}: {answer.status}")


def first_name(page: Page, doctype: str, filters: dict) -> str:
	"""Name of the oldest document that fits, as the user who is logged in may see it."""
	rows = page.request.get(
		f"{URL}/api/resource/{doctype}",
		params={"filters": json.dumps(filters), "order_by": "creation asc", "limit_page_length": 1},
	).json()
	if not rows.get("data"):
		raise RuntimeError(f"no {doctype} with {filters}")
	return rows["data"][0]["name"]


def settle(page: Page, quiet: int = 4, tries: int = 240) -> None:
	"""Wait until the desk has been at rest for `quiet` looks in a row, a quarter of a second apart."""
	rest = 0
	for _try in range(tries):
		page.wait_for_timeout(250)
		rest = rest + 1 if page.evaluate(SETTLED) else 0
		if rest == quiet:
			return
	raise RuntimeError("the page does not come to rest")


def write(name: str, picture: bytes) -> int:
	"""Store a picture with as many colours as fit the limit."""
	image = Image.open(io.BytesIO(picture)).convert("RGB")
	for colours in (256, 128, 64):
		buffer = io.BytesIO()
		image.quantize(colours, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
		if buffer.tell() <= LIMIT:
			break
	target = OUT / f"{name}.png"
	target.write_bytes(buffer.getvalue())
	return buffer.tell()


if __name__ == "__main__":
	sys.exit(main(sys.argv[1:]))
