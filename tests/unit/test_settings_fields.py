"""What the code asks of Aftersales Settings is a field there: a typing error would be found on a site only."""

import ast
import json
from pathlib import Path

import aftersales

PACKAGE = Path(aftersales.__file__).resolve().parent
FORM = PACKAGE / "service_setup" / "doctype" / "aftersales_settings" / "aftersales_settings.json"


def asked() -> dict[str, str]:
	"""Attribute of the settings → a place that asks for it: of the call itself, or of a name it was given to."""
	found = {}
	for path in PACKAGE.rglob("*.py"):
		tree = ast.parse(path.read_text())
		for scope in ast.walk(tree):
			if not isinstance(scope, ast.FunctionDef | ast.Module):
				continue
			names = {
				node.targets[0].id
				for node in ast.walk(scope)
				if isinstance(node, ast.Assign)
				and is_call(node.value)
				and isinstance(node.targets[0], ast.Name)
			}
			for node in ast.walk(scope) if isinstance(scope, ast.FunctionDef) else ():
				named = (
					isinstance(node, ast.Attribute)
					and isinstance(node.value, ast.Name)
					and node.value.id in names
				)
				if isinstance(node, ast.Attribute) and (named or is_call(node.value)):
					found[node.attr] = f"{path.relative_to(PACKAGE)}:{node.lineno}"
	return found


def is_call(node: ast.AST) -> bool:
	return (
		isinstance(node, ast.Call)
		and isinstance(node.func, ast.Name)
		and node.func.id == "aftersales_settings"
	)


def test_what_is_asked_of_the_settings_is_a_field():
	fields = {field["fieldname"] for field in json.loads(FORM.read_text())["fields"]}
	places = asked()
	assert len(places) > 20
	unknown = {
		name: place
		for name, place in places.items()
		if name not in fields | {"get", "name", "meta", "doctype"}
	}
	assert not unknown


def test_the_settings_are_asked_in_one_way():
	raw = 'get_cached_doc("Aftersales Settings")'
	places = {
		str(path.relative_to(PACKAGE))
		for path in PACKAGE.rglob("*.py")
		if raw in path.read_text()
		and path.relative_to(PACKAGE).parts[0] not in ("demo", "patches", "setup", "core")
	}
	assert places == {"service_setup/settings.py"}
