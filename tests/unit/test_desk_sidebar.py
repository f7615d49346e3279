"""The sidebar and icon of version 16: every list, page and report of the app is reached from one place."""

import json
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "apps" / "aftersales"
INTERNAL = {"Service Link", "Service Search Key"}


def shipped(kind: str) -> dict[str, dict]:
	files = (path for path in APP.glob(f"*/{kind}/*/*.json") if path.parent.name == path.stem)
	return {values["name"]: values for values in map(json.loads, map(Path.read_text, files))}


SIDEBAR = json.loads((APP / "workspace_sidebar" / "aftersales.json").read_text())
LINKS = {(item["link_type"], item["link_to"]) for item in SIDEBAR["items"] if item["type"] == "Link"}


@pytest.mark.parametrize(
	("kind", "link_type"), [("doctype", "DocType"), ("page", "Page"), ("report", "Report")]
)
def test_sidebar_leads_to_everything_and_to_nothing_that_is_not_there(kind, link_type):
	ours = {name for name, values in shipped(kind).items() if not values.get("istable")} - INTERNAL
	assert {name for each, name in LINKS if each == link_type} == ours


def test_icon_opens_the_sidebar_and_the_workspace_has_its_name():
	icons = [json.loads(path.read_text()) for path in sorted((APP / "desktop_icon").glob("*.json"))]
	assert [(icon["label"], icon["icon_type"], icon.get("link_to"), icon["hidden"]) for icon in icons] == [
		("After-sales", "App", None, 1),
		("Aftersales", "Link", "Aftersales", 0),
	]
	assert list(shipped("workspace")) == ["Aftersales"]
	assert SIDEBAR["name"] == SIDEBAR["title"] == "Aftersales"


def test_filters_have_four_elements():
	"""Version 16 drops the last filter of a card or shortcut when filters have a fifth element."""
	for kind, field in (("number_card", "filters_json"), ("dashboard_chart", "filters_json")):
		for values in shipped(kind).values():
			filters = json.loads(values[field] or "[]")
			assert isinstance(filters, dict) or {len(row) for row in filters} <= {4}, values["name"]
	workspace = shipped("workspace")["Aftersales"]
	texts = [row.get("stats_filter") for row in workspace["shortcuts"]]
	texts += [row.get("quick_list_filter") for row in workspace["quick_lists"]]
	assert {len(row) for text in texts if text for row in json.loads(text)} == {4}
