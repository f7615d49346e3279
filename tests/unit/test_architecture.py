"""The house: rooms are ranked, for imports and tables; decisions import no framework; files and functions stay readable."""

import ast
import functools
import os
import subprocess
import sys
from pathlib import Path

import pytest

import aftersales
from tools import table_reads

if sys.version_info >= (3, 11):
	import tomllib
else:
	tomllib = pytest.importorskip("tomli")

PACKAGE = Path(aftersales.__file__).resolve().parent
PROJECT = PACKAGE.parents[1]


def contracts() -> dict[str, dict]:
	config = tomllib.loads((PROJECT / "pyproject.toml").read_text())
	return {contract["id"]: contract for contract in config["tool"]["importlinter"]["contracts"]}


def test_every_module_of_rules_is_known_to_be_pure():
	rules = {
		".".join(("aftersales", *path.relative_to(PACKAGE).with_suffix("").parts))
		for path in PACKAGE.rglob("*_rules.py")
	}
	assert rules
	assert rules <= set(contracts()["pure"]["source_modules"])


def test_imports_keep_the_contracts():
	pytest.importorskip("importlinter")
	done = subprocess.run(
		[Path(sys.executable).with_name("lint-imports"), "--no-cache"],
		cwd=PROJECT,
		env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
		capture_output=True,
		text=True,
	)
	assert done.returncode == 0, done.stdout + done.stderr


def test_unit_tests_load_no_framework():
	"""They run on a machine that has no bench, where nobody can import Frappe."""
	found = [
		path.name for path in sorted((PROJECT / "tests" / "unit").glob("test_*.py")) if _loads_frappe(path)
	]
	assert not found


@functools.cache
def _loads_frappe(path: Path) -> bool:
	"""True when the module at `path`, or one of the app that it imports at its top, imports Frappe."""
	names = set()
	for node in ast.parse(path.read_text()).body:
		if isinstance(node, ast.Import):
			names.update(alias.name for alias in node.names)
		elif isinstance(node, ast.ImportFrom) and node.module:
			names.update([node.module, *(f"{node.module}.{alias.name}" for alias in node.names)])
	if any(name.split(".")[0] in ("frappe", "erpnext") for name in names):
		return True
	places = [PACKAGE.joinpath(*name.split(".")[1:]) for name in names if name.startswith("aftersales.")]
	modules = [place.with_suffix(".py") for place in places]
	return any(_loads_frappe(module) for module in modules if module.exists())


NAMED_FROM_BELOW = {
	"core/customer_scope.py": "documents about a customer, by the customer's territory and group",
	"core/locks.py": "the order in which rows of several rooms are locked",
	"core/job_types.py": "the two DocTypes of jobs, whose common columns any room may read",
	"field_service/leavers.py": "what a user owns",
	"service_calls/assignment.py": "documents with an owner",
	"service_levels/from_erpnext.py": "the Repair Call that ERPNext's targets are imported for",
	"service_posting/invoicing/discounts.py": "the granted compensation that lowers an invoice",
}
"""Modules that name DocTypes of rooms above their own, and what for."""


def test_no_room_reads_or_writes_tables_of_a_room_above_it():
	rank = table_reads.ranks()
	found = [use for use in table_reads.uses() if table_reads.direction(*use[1:3], rank) == "up"]
	found = [use for use in found if use[4].rpartition(":")[0] not in NAMED_FROM_BELOW]
	assert not found, "\n".join(
		f"{place}: {doctype} of {owner}" for _kind, _room, owner, doctype, place in found
	)


def test_no_room_names_doctypes_of_a_room_above_it():
	rank, owners = table_reads.ranks(), table_reads.rooms_of_doctypes()
	found = set()
	for path in PACKAGE.rglob("*.py"):
		module = path.relative_to(PACKAGE)
		for node in ast.walk(ast.parse(path.read_text())):
			owner = isinstance(node, ast.Constant) and isinstance(node.value, str) and owners.get(node.value)
			if owner and module.parts[0] in rank and rank[owner] < rank[module.parts[0]]:
				found.add(str(module))
	assert found == set(NAMED_FROM_BELOW)


LONGEST_FILE, LONGEST_FUNCTION = 450, 60
LONGER = {
	"hooks.py": 700,  # a table of contents
}
"""Files that may be longer, and how long."""


def hand_written() -> list[Path]:
	paths = [path for kind in ("*.py", "*.js", "*.scss", "*.css") for path in PACKAGE.rglob(kind)]
	return [path for path in paths if "node_modules" not in path.parts and "dist" not in path.parts]


def test_no_file_is_too_long_to_read():
	found = {}
	for path in hand_written():
		name, lines = str(path.relative_to(PACKAGE)), path.read_text().count("\n")
		if lines > LONGER.get(name, LONGEST_FILE):
			found[name] = lines
	assert not found


def test_no_function_is_too_long_to_read():
	found = {}
	for path in hand_written():
		if path.suffix != ".py":
			continue
		for node in ast.walk(ast.parse(path.read_text())):
			if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
				lines = node.end_lineno - node.lineno + 1
				if lines > LONGEST_FUNCTION:
					found[f"{path.relative_to(PACKAGE)}: {node.name}"] = lines
	assert not found
