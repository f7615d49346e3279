"""Wait until a bench's worker has nothing to do.

Called as `wait_for_jobs.py SITE SECONDS` from the sites folder; fails when jobs are left after that time.
"""

import sys
import time

import frappe
from frappe.utils.background_jobs import get_queues
from rq.registry import StartedJobRegistry

LOOKS = 3
"""How often in a row nothing is queued or at work: between the two a job is in neither list."""


def wait(site: str, seconds: float) -> bool:
	"""Whether the queues became empty within this time."""
	frappe.init(site=site)
	try:
		end, quiet = time.monotonic() + seconds, 0
		while quiet < LOOKS and time.monotonic() < end:
			time.sleep(0.5)
			quiet = 0 if _jobs() else quiet + 1
		return quiet == LOOKS
	finally:
		frappe.destroy()


def _jobs() -> int:
	return sum(len(queue) + len(StartedJobRegistry(queue=queue)) for queue in get_queues())


if __name__ == "__main__":
	if not wait(sys.argv[1], float(sys.argv[2])):
		sys.exit(f"jobs of {sys.argv[1]} are left after {sys.argv[2]} seconds")
