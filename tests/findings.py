"""What long generated tests find: told at once, kept in a file where one is named, and asserted at the end.

A run of hours that is stopped half way has told what it found until then. `AFTERSALES_FINDINGS=/path/to/file` takes
the same lines as they come.
"""

import os
import time
from pathlib import Path

import aftersales

KEPT_IN = os.environ.get("AFTERSALES_FINDINGS")
AT_ONCE = 60
"""Seconds between two lines that say how far a test is."""


class Findings:
	"""Findings of one test: `tried()` counts, `add()` tells, `none()` asserts that there is none."""

	def __init__(self, what: str):
		self.what, self.count, self.found = what, 0, []
		self.began = self.told = time.monotonic()

	def tried(self, number: int = 1) -> None:
		"""So many cases more."""
		self.count += number
		if time.monotonic() - self.told > AT_ONCE:
			self.told = time.monotonic()
			self._tell(f"... {self}")

	def add(self, *lines: str) -> None:
		"""What was found."""
		for line in lines:
			self.found.append(line)
			self._tell(f"FOUND {self.what}: {line}")

	def none(self, part: str = "") -> None:
		"""Nothing was found, and something was tried; a part of a test may hold nothing to try."""
		self._tell(str(self))
		assert self.count or part, f"no {self.what}: nothing was tried"
		assert not self.found, f"{len(self.found)} found:\n" + "\n".join(self.found)

	def __str__(self) -> str:
		seconds = time.monotonic() - self.began
		return f"{self.count} {self.what}, {len(self.found)} found, {seconds:.0f} s"

	def _tell(self, line: str) -> None:
		print(f"\n{line}", end="", flush=True)
		if KEPT_IN:
			with open(KEPT_IN, "a", encoding="utf-8", errors="replace") as file:
				file.write(line + "\n")


EVERYTHING_AT_ONCE = ("",)


def doctype_parts(split: bool, *, holding: str = "") -> tuple[str, ...]:
	"""A test of all DocTypes in parts for `parametrize`: one each where `split`, so that a finding is tried again
	within seconds (`-k repair_call`), else all in one. `holding`: those alone whose JSON holds this text."""
	if not split:
		return EVERYTHING_AT_ONCE
	folders = (path for path in _app().glob("*/doctype/*/*.json") if path.stem == path.parent.name)
	return tuple(sorted(path.stem for path in folders if _is_one(path.read_text(), holding)))


def _is_one(text: str, holding: str) -> bool:
	return '"istable": 1' not in text and holding in text


def room_parts(split: bool) -> tuple[str, ...]:
	"""The same for functions and actions, by room: rooms and modules of the app that offer any."""
	if not split:
		return EVERYTHING_AT_ONCE
	offering = (path for path in _app().rglob("*.py") if "whitelist" in path.read_text(encoding="utf-8"))
	return tuple(sorted({path.relative_to(_app()).parts[0].removesuffix(".py") for path in offering}))


def _app() -> Path:
	return Path(aftersales.__path__[0])
