"""Records shipped as files say what Frappe itself would write of them, so that an edit in the desk changes what was edited."""

import json
from pathlib import Path

import frappe
import pytest

import aftersales
from tools.devkit.in_bench import export_shipped

ROOT = Path(aftersales.__file__).parent


def test_every_shipped_record_is_what_frappe_would_write():
	missing, differs, otherwise_written = [], {}, []
	for path in export_shipped.shipped():
		content = export_shipped.exported(path)
		if content is None:
			missing.append(str(path.relative_to(ROOT)))
		elif found := _differences(json.loads(path.read_text()), json.loads(content)):
			differs[str(path.relative_to(ROOT))] = found
		elif content != path.read_text():
			otherwise_written.append(str(path.relative_to(ROOT)))
	assert not missing
	assert not differs
	assert not otherwise_written, "run `make export`"


def _differences(written: dict, exported: dict) -> dict:
	"""Values by field that differ; what is empty or nought need not be said."""
	return {
		field: (written.get(field), exported.get(field))
		for field in written.keys() | exported.keys()
		if _said(written.get(field)) != _said(exported.get(field))
	}


def _said(value):
	if isinstance(value, list):
		return [_said(each) for each in value]
	if isinstance(value, dict):
		return {key: _said(each) for key, each in value.items() if each not in (None, "", 0, [])}
	return value or None
