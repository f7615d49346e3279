"""Form, list, report and page scripts: no button is given to Frappe past `aftersales.forms` (public/js/buttons.js)."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

import aftersales

PACKAGE = Path(aftersales.__file__).resolve().parent
BUTTONS = PACKAGE / "public/js/buttons.js"
SCRIPTS = sorted(
	path for path in PACKAGE.rglob("*.js") if path.resolve() != BUTTONS and "dist" not in path.parts
)

# Frappe's ways to make a button whose handler may return a promise, and a question that is asked before one.
PAST_US = re.compile(
	r"""\.add_custom_button\( | \.add_inner_button\( | \.add_menu_item\( | \.add_action_item\(
	| \.add_actions_menu_item\( | \.set_secondary_action\( | \.add_button\( | \.set_primary_action\(
	| frappe\.confirm\( | frappe\.prompt\( | frappe\.warn\( | \.savesubmit\(
	| \basync\s+primary_action\b | \bprimary_action:\s*async\b""",
	re.VERBOSE,
)
OURS = re.compile(r"aftersales\.forms\s*\.\w+\(")


def past_us(text: str) -> list[str]:
	return PAST_US.findall(OURS.sub("ours(", text))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_buttons_are_made_in_one_place(script):
	assert past_us(script.read_text()) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_links_within_the_desk_are_asked_of_it(script):
	"""Version 16 calls it /desk: a click on /app loads the whole desk anew, and what was typed is lost."""
	assert not re.search(r"""["'`]/(app|desk)(/|["'`])""", script.read_text())


def formatters_of(text: str) -> dict[str, str]:
	"""Body of each formatter of a list script, by field."""
	block = re.search(r"^\tformatters: \{\n(.*?)^\t\},?\n", text, re.MULTILINE | re.DOTALL)
	parts = re.split(r"^\t\t(\w+)(?=[:(])", block.group(1), flags=re.MULTILINE)[1:] if block else []
	return dict(zip(parts[::2], parts[1::2], strict=True))


def test_formatters_of_lists_return_an_element():
	"""Version 16 hands it to jQuery, to which plain text is a selector; the first column's is put in as text."""
	formatted = {path: found for path in SCRIPTS if (found := formatters_of(path.read_text()))}
	assert formatted
	for path, found in formatted.items():
		title = json.loads(path.with_name(path.name.replace("_list.js", ".json")).read_text()).get(
			"title_field"
		)
		for field, body in found.items():
			assert field == title or "aftersales.lists." in body, (path.name, field)


def test_breadcrumbs_of_every_room_lead_to_the_workspace():
	"""Without it the way back from a document ends at a module page that Frappe does not have."""
	rooms = set((PACKAGE / "modules.txt").read_text().split("\n")) - {"", "Service Setup"}
	assert set(re.findall(r'\t"(.+?)": ', (PACKAGE / "public/js/breadcrumbs.js").read_text())) == rooms


@pytest.mark.parametrize(
	"text",
	[
		'frm.add_custom_button(__("Post"), async () => frappe.call("post"));',
		'listview.page.add_inner_button(__("Post"), post)',
		'frm.page.set_primary_action(__("Post"), post)',
		"primary_action: async (values) => post(values),",
		"async primary_action(values) {",
		'frappe.confirm(__("Sure?"), post)',
		"() => frm.savesubmit()",
	],
)
def test_what_goes_past_is_found(text):
	assert past_us(text)


def test_what_is_ours_is_not():
	assert SCRIPTS
	assert not past_us('aftersales.forms.add_button(frm, __("Post"), post)')
	assert not past_us('aftersales.forms.set_primary_action(page, __("Post"), post)')
	assert not past_us("primary_action: aftersales.forms.answer(async (values) => post(values)),")


REPORTS = sorted(json.loads(path.read_text())["name"] for path in PACKAGE.glob("*/report/*/*.json"))


@pytest.mark.parametrize("report", REPORTS)
def test_an_empty_report_says_what_to_do_first(report):
	text = (PACKAGE / "public/js/empty_states.js").read_text()
	assert re.search(rf"""["\t]{report}["]?[:,]""", text), report


def test_scripts_of_one_session_share_no_name():
	"""Frappe runs the scripts of reports and pages in the page itself: a name declared twice stops the second one."""
	declared = Counter(
		name
		for path in SCRIPTS
		if path.parts[-3] in ("report", "page")
		for name in re.findall(
			r"^(?:const|let|class|(?:async )?function) (\w+)", path.read_text(), re.MULTILINE
		)
	)
	assert declared
	assert {name: count for name, count in declared.items() if count > 1} == {}
