"""The house: rooms are ranked, decisions import no framework (contracts in pyproject.toml)."""

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


def test_no_room_reads_or_writes_tables_of_a_room_above_it():
	found = [
		use for use in table_reads.uses() if table_reads.direction(*use[1:3], table_reads.ranks()) == "up"
	]
	assert not found, "\n".join(
		f"{place}: {doctype} of {owner}" for _kind, _room, owner, doctype, place in found
	)
