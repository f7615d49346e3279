"""hooks.py is read as a module: a name that is given twice loses what it said first, without a word."""

import ast
from collections import Counter
from pathlib import Path

HOOKS = Path(__file__).parents[2] / "apps" / "aftersales" / "hooks.py"


def test_each_hook_is_named_once():
	module = ast.parse(HOOKS.read_text())
	names = Counter(
		target.id for node in module.body if isinstance(node, ast.Assign) for target in node.targets
	)
	assert [name for name, times in names.items() if times > 1] == []


def test_no_dict_of_hooks_has_a_key_twice():
	for node in ast.walk(ast.parse(HOOKS.read_text())):
		if isinstance(node, ast.Dict):
			keys = Counter(ast.dump(key) for key in node.keys if key)
			assert [key for key, times in keys.items() if times > 1] == []
