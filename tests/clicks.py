"""How many clicks or taps a piece of work takes, counted in the browser as a person makes them; typing is not counted.

	count = Counted(desk, {"first call": 2})
	with count.task("first call"):
		...

fails where the task took more than its limit.
"""

import time
from contextlib import contextmanager

from playwright.sync_api import BrowserContext

COUNTER = """
document.addEventListener("pointerdown", (event) => {
	if (event.isTrusted && event.target.tagName !== "CANVAS") // the stroke of a signature is no click
		localStorage.counted_clicks = 1 + Number(localStorage.counted_clicks || 0);
}, true);
"""


class Counted:
	"""Counts the clicks of a desk or another page by task. `most`: the limit of each task."""

	def __init__(self, desk, most: dict[str, int]):
		context: BrowserContext = desk.context
		context.add_init_script(COUNTER)
		self.desk = desk
		self.page = getattr(desk, "page", desk)
		self.most = most
		self.clicks: dict[str, int] = {}

	def now(self) -> int:
		return int(self.page.evaluate("localStorage.counted_clicks || 0"))

	@contextmanager
	def task(self, name: str, *after: str):
		"""Count into `name` what is clicked inside; `after`: tasks whose clicks belong to it, too."""
		began, clicks = time.monotonic(), self.now()
		yield
		self.clicks[name] = self.now() - clicks + sum(self.clicks[task] for task in after)
		print(f"{name}: {self.clicks[name]} clicks, {time.monotonic() - began:.0f} s")
		if hasattr(self.desk, "picture"):
			self.desk.picture(f"counted-{name.replace(' ', '-')}")
		assert self.clicks[name] <= self.most[name], self.clicks
