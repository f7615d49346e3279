"""What Frappe's marketplace, `bench get-app` and the packagers of Python read about the app before anybody installs it."""

import ast
import re
from pathlib import Path

import pytest

try:
	import tomllib
except ModuleNotFoundError:
	import tomli as tomllib

ROOT = Path(__file__).parents[2]
APP = ROOT / "apps" / "aftersales"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def values(path: Path) -> dict:
	"""Constants that a module assigns."""
	found = {}
	for node in ast.parse(path.read_text()).body:
		if isinstance(node, ast.Assign):
			try:
				found[node.targets[0].id] = ast.literal_eval(node.value)
			except ValueError:
				continue
	return found


HOOKS = values(APP / "hooks.py")


def test_hooks_and_the_package_name_the_same_publisher():
	(author,) = PROJECT["project"]["authors"]
	assert (HOOKS["app_publisher"], HOOKS["app_email"]) == (author["name"], author["email"])
	assert HOOKS["app_name"] == PROJECT["project"]["name"] == APP.name
	assert HOOKS["app_description"] == PROJECT["project"]["description"]


def test_licence_is_the_one_that_is_named():
	text = (ROOT / PROJECT["project"]["license"]["file"]).read_text()
	assert "GNU GENERAL PUBLIC LICENSE" in text and "Version 3" in text
	assert HOOKS["app_license"] == "GPL-3.0"


def test_version_is_in_the_changelog():
	version = values(APP / "__init__.py")["__version__"]
	assert re.fullmatch(r"\d+\.\d+\.\d+", version)
	assert re.search(rf"^## .*{re.escape(version)}", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


@pytest.mark.parametrize("app", ["frappe", "erpnext"])
def test_versions_it_runs_on_have_an_end(app):
	"""The marketplace offers a release for these; one without an upper bound is installed on the next version, too."""
	assert PROJECT["tool"]["bench"]["frappe-dependencies"][app] == ">=15.0.0,<17.0.0"


def test_erpnext_comes_with_it():
	assert "frappe/erpnext" in HOOKS["required_apps"]


def test_logo_and_readme_are_there():
	(screen,) = HOOKS["add_to_apps_screen"]
	logo = screen["logo"].removeprefix("/assets/aftersales/")
	assert (APP / "public" / logo).read_text().lstrip().startswith("<svg")
	assert (ROOT / PROJECT["project"]["readme"]).stat().st_size > 1000


def test_each_module_has_its_folder():
	for module in (APP / "modules.txt").read_text().split("\n"):
		if module:
			assert (APP / module.lower().replace(" ", "_").replace("-", "_") / "__init__.py").is_file(), (
				module
			)


def test_every_page_names_a_template_that_is_there():
	"""A renamed module took the name of a template with it, and the page failed."""
	named = {
		(path.name, template)
		for path in (APP / "customer_portal").rglob("*.py")
		for template in re.findall(r'Page\(\s*"([\w/]+\.html)"', path.read_text())
	}
	assert len(named) > 10
	assert [each for each in sorted(named) if not (APP / "templates" / "portal" / each[1]).is_file()] == []


def test_pictures_and_pages_know_each_other():
	"""Every picture that a page names is there, no other is, and the command takes those of the desk anew."""
	pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
	named = {name for page in pages for name in re.findall(r"images/([\w-]+)\.png", page.read_text())}
	assert named == {path.stem for path in (ROOT / "docs" / "images").glob("*.png")}
	taken = re.findall(
		r'^\tShot\(\s*"([\w-]+)"', (ROOT / "docs" / "screenshots.py").read_text(), re.MULTILINE
	)
	# the technician's app is pictured by its tests
	assert set(taken) == {name for name in named if not name.startswith("technician-")}
