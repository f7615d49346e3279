"""`make lint`: what a change must pass before it is read by anybody.

ruff, prettier and eslint in the versions of .pre-commit-config.yaml, the technician's app by its own programs,
import-linter with the contracts of
pyproject.toml, Frappe's rules for semgrep, and whether the translation template is that of the code. The programs
are installed into the bench's tools, never into its environment; the rules for semgrep are cloned there, too.
"""

import os
import shutil
import subprocess
from collections.abc import Callable

from devkit import bench
from devkit.ground import Ground, say

RUFF = "0.13.2"
PRETTIER = "2.7.1"
ESLINT = "8.44.0"
IMPORT_LINTER = ">=2.5,<3"
SEMGREP = ">=1.100"
SEMGREP_RULES = "https://github.com/frappe/semgrep-rules"
"""Frappe's rules; SEMGREP_RULES in the environment names another git URL or path."""

SCRIPTS = ("*.js", "*.scss", "*.ts", "*.vue")
NOT_OURS = ("public/dist", "public/js/lib", "templates/includes")


def run(ground: Ground) -> int:
	"""Run all checks on the bench's copy of the checkout. Returns 0 when each passed, else 1."""
	checks: dict[str, Callable[[Ground], int | None]] = {
		"ruff": _ruff,
		"prettier": _prettier,
		"eslint": _eslint,
		"technician's app": _technicians_app,
		"import-linter": _imports,
		"semgrep": _semgrep,
		"translation template": _template,
	}
	results = {name: check(ground) for name, check in checks.items()}
	for name, code in results.items():
		say(f"{name}: {'NOT RUN' if code is None else 'FAILED' if code else 'passed'}")
	return int(any(results.values()))


def _ruff(ground: Ground) -> int:
	ruff = _tool(ground, "ruff", f"ruff=={RUFF}")
	return max(
		ground.run([ruff, *arguments, "--no-cache", "."], cwd=ground.copy, check=False).returncode
		for arguments in (["check"], ["format", "--check"])
	)


def _prettier(ground: Ground) -> int:
	return ground.run(
		[_node_tool(ground, "prettier"), "--check", "--loglevel", "warn", *_scripts(ground, *SCRIPTS)],
		cwd=ground.copy,
		check=False,
	).returncode


def _eslint(ground: Ground) -> int:
	return ground.run(
		[_node_tool(ground, "eslint"), "--quiet", *_scripts(ground, "*.js")], cwd=ground.copy, check=False
	).returncode


def _technicians_app(ground: Ground) -> int:
	"""eslint and the types of frontend/technician, by its own package.json: Vue and TypeScript need newer programs."""
	bench.ensure_node_packages(ground)
	return ground.run(["yarn", "--silent", "lint"], cwd=ground.copy, check=False).returncode


def _imports(ground: Ground) -> int:
	linter = _tool(ground, "lint-imports", f"import-linter{IMPORT_LINTER}")
	env = ground.env(PYTHONPATH=str(ground.copy / "apps"))
	return ground.run([linter, "--no-cache"], cwd=ground.copy, env=env, check=False).returncode


def _semgrep(ground: Ground) -> int | None:
	rules = ground.state / "tools" / "semgrep-rules"
	if not rules.exists():
		source = os.environ.get("SEMGREP_RULES") or SEMGREP_RULES
		cloned = ground.run(
			["git", "clone", "--quiet", "--depth", "1", source, rules], check=False, capture=True
		)
		if cloned.returncode:
			shutil.rmtree(rules, ignore_errors=True)
			say(
				f"Frappe's rules for semgrep cannot be cloned from {source}: set SEMGREP_RULES to a git URL or path"
			)
			return None
	semgrep = _tool(ground, "semgrep", f"semgrep{SEMGREP}")
	options = ["--error", "--quiet", "--metrics", "off", "--disable-version-check"]
	return ground.run(
		[semgrep, "scan", *options, "--config", rules / "rules", "apps", "fixtures", "patches"],
		cwd=ground.copy,
		check=False,
	).returncode


def _template(ground: Ground) -> int:
	"""The messages of locale/main.pot are those that Frappe finds in the code.

	Frappe asks Git which files are ignored, and the bench's copy is no repository: an empty one above it answers.
	"""
	repository = ground.copy.parent / ".git"
	template = ground.copy / "apps" / "aftersales" / "locale" / "main.pot"
	committed = template.read_bytes()
	try:
		ground.run(["git", "init", "--quiet", repository.parent], capture=True)
		bench.frappe(ground, ["generate-pot-file", "--app", "aftersales"], log="template")
		generated = template.read_bytes()
	finally:
		template.write_bytes(committed)
		shutil.rmtree(repository, ignore_errors=True)
	missing, left_over = (
		sorted(one - other)
		for one, other in (
			(_messages(generated), _messages(committed)),
			(_messages(committed), _messages(generated)),
		)
	)
	for text, lines in (("not in main.pot", missing), ("in main.pot, but no longer in the code", left_over)):
		for line in lines:
			say(f"{text}: {line}")
	return int(bool(missing or left_over))


def _messages(template: bytes) -> set[str]:
	"""The msgid entries of a template, as written, without places and dates."""
	entries = template.decode().split("\n\n")[1:]
	return {
		"\n".join(line for line in entry.splitlines() if not line.startswith("#"))
		for entry in entries
		if entry.strip()
	}


def _tool(ground: Ground, program: str, requirement: str):
	found = ground.tools_venv / "bin" / program
	if not found.exists():
		bench.tools_install(ground, requirement)
	return found


def _node_tool(ground: Ground, program: str):
	folder = ground.state / "tools" / "lint"
	found = folder / "node_modules" / ".bin" / program
	if not found.exists():
		folder.mkdir(parents=True, exist_ok=True)
		wanted = [f"prettier@{PRETTIER}", f"eslint@{ESLINT}"]
		ground.run(["npm", "install", "--prefix", folder, "--no-save", *wanted], log="pip")
	return found


def _scripts(ground: Ground, *patterns: str) -> list[str]:
	"""The checkout's own scripts: tracked or new, not ignored."""
	with ground.as_root():
		listed = subprocess.run(
			["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *patterns],
			cwd=ground.checkout,
			capture_output=True,
			text=True,
			check=True,
		).stdout
	return [
		name
		for name in listed.split("\0")
		if name and not any(part in name for part in NOT_OURS) and (ground.copy / name).exists()
	]
