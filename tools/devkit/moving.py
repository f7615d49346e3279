"""Moving a site from one bench to another, as an upgrade from version 15 to version 16 does, and what must not change.

`keep` writes a site of this bench into a folder: database, files, encryption key, and what is in it (facts.json).
`bring` makes a site of that folder on this bench, migrates it, asks the same of it and names each difference.
"""

import contextlib
import json
from datetime import datetime, timedelta
from pathlib import Path

from devkit import demo, sites
from devkit.ground import Ground, Stop, say

FACTS_SCRIPT = Path("tools/devkit/in_bench/facts.py")
FACTS = "facts.json"
CHANGED_BY_UPGRADE: dict[str, str] = {}
"""Facts that an upgrade of Frappe or ERPNext changes, with the reason: "fact" or "fact: detail"."""


def keep(ground: Ground, site: str, folder: str) -> None:
	"""Write the site into `folder`, which is made; what was kept there before is replaced."""
	if not sites.exists(ground, site):
		raise Stop(f"there is no site {site} in {ground.bench}")
	target = _folder(ground, folder)
	moment = (datetime.now() + timedelta(days=1)).strftime("%Y-%m-%d 12:00:00")
	with demo.at_rest(ground) if site == demo.SITE else contextlib.nullcontext():
		facts = _facts(ground, site, moment, "--make-links")
		sites.write_to(ground, site, target)
	ground.write_state(target / FACTS, {"moment": moment, "facts": facts})
	say(f"{site}: kept in {target}, {len(facts)} facts")


def bring(ground: Ground, site: str, folder: str) -> int:
	"""Make the site of what is kept in `folder`, at this bench's versions. Returns how many facts differ."""
	source = _folder(ground, folder)
	kept = ground.read_state(source / FACTS)
	if not kept:
		raise Stop(f"nothing is kept in {source}: call `keep SITE FOLDER` on the bench that has the site")
	sites.bring_from(ground, site, source)
	found = differences(kept["facts"], _facts(ground, site, kept["moment"]))
	unexplained = [each for each in found if not _explained(each)]
	for each in found:
		print(f"  {'expected: ' if _explained(each) else ''}{each}")
	equal = len(kept["facts"]) - len({each.split(": ")[0] for each in unexplained})
	say(f"{site}: {equal} of {len(kept['facts'])} facts are as they were")
	return len(unexplained)


def differences(before: dict, after: dict) -> list[str]:
	"""Each fact, and each part of one, that is not what it was. Columns that are new or gone are no difference."""
	found = []
	for name, was in before.items():
		now = after.get(name)
		if not isinstance(was, dict) or not isinstance(now, dict):
			if was != now:
				found.append(f"{name}: was {was}, is {now}")
			continue
		details = was.keys() & now.keys() if name.startswith("rows of ") else was.keys() | now.keys()
		found += [
			f"{name}: {detail} was {was.get(detail)}, is {now.get(detail)}"
			for detail in sorted(details)
			if was.get(detail) != now.get(detail)
		]
	return found


def _explained(difference: str) -> bool:
	name, _colon, rest = difference.partition(": ")
	return name in CHANGED_BY_UPGRADE or f"{name}: {rest.partition(' was ')[0]}" in CHANGED_BY_UPGRADE


def _folder(ground: Ground, folder: str) -> Path:
	path = Path(folder).expanduser().absolute()
	path.mkdir(parents=True, exist_ok=True)
	return path


def _facts(ground: Ground, site: str, moment: str, *options: str) -> dict:
	target = ground.state / f"facts-{site}.json"
	script = ground.copy / FACTS_SCRIPT
	ground.run([ground.python, script, site, target, moment, *options], cwd=ground.sites, log=f"site-{site}")
	return json.loads(target.read_text())
