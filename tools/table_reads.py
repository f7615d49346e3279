"""Count reads of tables across rooms: `python3 tools/table_reads.py [--list up]`.

A room may read tables of rooms below it. This counts, over the sources alone (no site), every call that names a DocType
of the app in its first argument (`get_all`, `get_value`, `exists`, `qb.DocType` ...), by the room of the code and the
room of the DocType. Names are followed through constants of a module and imports of constants; what a variable holds
at run time is not known here, so the figures are lower bounds.
"""

import argparse
import ast
import json
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
APP = ROOT / "apps" / "aftersales"
READS = {
	"DocType",
	"Table",
	"count",
	"exists",
	"get_all",
	"get_cached_value",
	"get_list",
	"get_single_value",
	"get_value",
	"get_values",
}
DOCUMENTS = {"get_cached_doc", "get_doc", "get_last_doc", "get_mapped_doc", "get_single", "new_doc"}
WRITES = {"bulk_update", "delete", "delete_doc", "set_single_value", "set_value"}


def ranks() -> dict[str, int]:
	"""Room → its place in the contract `rooms` of pyproject.toml, 0 at the top."""
	text = (ROOT / "pyproject.toml").read_text()
	block = text[text.index("layers = [") :]
	rooms = ast.literal_eval(block[len("layers = ") : block.index("]") + 1])
	return {room: place for place, room in enumerate(rooms)}


def rooms_of_doctypes() -> dict[str, str]:
	"""DocType of the app → the room whose module it belongs to."""
	found = {}
	for path in APP.glob("*/doctype/*/*.json"):
		data = json.loads(path.read_text())
		if data.get("doctype") == "DocType":
			found[data["name"]] = data["module"].lower().replace(" ", "_")
	return found


def module_of(path: Path) -> str:
	return ".".join(("aftersales", *path.relative_to(APP).with_suffix("").parts))


def constants(tree: ast.Module) -> dict[str, str]:
	"""Names that a module sets to a text, once and at its top."""
	return {
		node.targets[0].id: node.value.value
		for node in tree.body
		if isinstance(node, ast.Assign)
		and isinstance(node.targets[0], ast.Name)
		and isinstance(node.value, ast.Constant)
		and isinstance(node.value.value, str)
	}


def imported_constants(tree: ast.Module, texts: dict[str, dict[str, str]]) -> dict[str, str]:
	return {
		(name.asname or name.name): texts[node.module][name.name]
		for node in ast.walk(tree)
		if isinstance(node, ast.ImportFrom) and node.module in texts
		for name in node.names
		if name.name in texts[node.module]
	}


def calls(tree: ast.Module):
	"""(line, name of the function, its first argument) for each call."""
	for node in ast.walk(tree):
		if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
			first = node.args[0] if node.args else None
			first = first or next((word.value for word in node.keywords if word.arg == "doctype"), None)
			if first is not None:
				yield node.lineno, getattr(node.func, "attr", None) or getattr(node.func, "id", ""), first


def text_of(node: ast.expr, names: dict[str, str]) -> str | None:
	if isinstance(node, ast.Constant) and isinstance(node.value, str):
		return node.value
	return names.get(node.id) if isinstance(node, ast.Name) else None


def uses():
	"""(kind, room, room of the table, DocType, place) for each use of a table of the app by a room."""
	rank = ranks()
	owners = rooms_of_doctypes()
	paths = sorted(path for path in APP.rglob("*.py") if path.relative_to(APP).parts[0] in rank)
	trees = {path: ast.parse(path.read_text()) for path in paths}
	texts = {module_of(path): constants(tree) for path, tree in trees.items()}
	for path, tree in trees.items():
		room = path.relative_to(APP).parts[0]
		names = {**imported_constants(tree, texts), **texts[module_of(path)]}
		for line, function, first in calls(tree):
			doctype = text_of(first, names)
			kind = kind_of(function)
			if kind and doctype in owners:
				yield kind, room, owners[doctype], doctype, f"{path.relative_to(APP)}:{line}"


def kind_of(function: str) -> str | None:
	if function in READS:
		return "reads"
	if function in DOCUMENTS:
		return "documents"
	return "writes" if function in WRITES else None


def direction(room: str, owner: str, rank: dict[str, int]) -> str:
	if room == owner:
		return "own"
	return "down" if rank[owner] > rank[room] else "up"


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
	parser.add_argument("--list", choices=("own", "down", "up"), help="name the places of a direction")
	options = parser.parse_args()
	rank = ranks()
	found = list(uses())
	total = Counter((kind, direction(room, owner, rank)) for kind, room, owner, _doctype, _place in found)
	for kind in ("reads", "documents", "writes"):
		print(f"{kind:10}", *(f"{way} {total[kind, way]:4}" for way in ("own", "down", "up")))
	pairs = Counter(
		(room, owner)
		for kind, room, owner, *_rest in found
		if kind == "reads" and direction(room, owner, rank) == "up"
	)
	print("\nreads that go up, by pair")
	for (room, owner), count in pairs.most_common():
		print(f"{count:4} {room} of {owner}")
	if options.list:
		print()
		for kind, room, owner, doctype, place in found:
			if direction(room, owner, rank) == options.list:
				print(f"{kind:10} {place}: {doctype} ({owner})")
	return 0


if __name__ == "__main__":
	sys.exit(main())
