"""Every child DocType of the app takes part in the mechanism that keeps its rows inside their document."""

import json
import re
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "apps" / "aftersales"


def _child_doctypes() -> list[Path]:
	shipped = APP.glob("*/doctype/*/*.json")
	return sorted(path for path in shipped if json.loads(path.read_text(encoding="utf-8")).get("istable"))


def test_there_are_child_doctypes():
	assert len(_child_doctypes()) >= 29


@pytest.mark.parametrize("path", _child_doctypes(), ids=lambda path: path.stem)
def test_the_controller_of_a_child_doctype_is_a_child_row(path):
	source = path.with_suffix(".py").read_text(encoding="utf-8")
	assert "from aftersales.core.input.child_row import ChildRow" in source
	assert re.findall(r"^class \w+\((\w+)\):", source, re.M) == ["ChildRow"]


def test_no_controller_of_a_child_doctype_undoes_the_guard():
	"""What ChildRow refuses stays refused: none of its methods is defined anew."""
	guarded = re.findall(
		r"^\tdef (\w+)", (APP / "core" / "input" / "child_row.py").read_text(encoding="utf-8"), re.M
	)
	assert {"insert", "save", "on_trash", "before_rename", "db_update"} <= set(guarded)
	for path in _child_doctypes():
		defined = re.findall(r"^\tdef (\w+)", path.with_suffix(".py").read_text(encoding="utf-8"), re.M)
		assert not set(defined) & set(guarded), path.stem
