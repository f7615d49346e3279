"""Import of 20,190 real repair records, beside bare inserts of the same documents in the same run.

Bare: the same field values put into the same documents and inserted one after the other by `Document.insert`,
under the same flags (no notifications, history not validated as live intake) and with a commit per as many
records as the import's batch, but without any import around: no reading, no mapping, no look-up of what is
there already, no savepoint per record, no counters, no numbering by year. Batches of bare inserts are put between
batches of the import (whose clock stands still meanwhile), so that both sides meet the same tables and the same
load of the machine. Every second batch of the bare inserts leaves out the live update of open lists and forms
that Frappe sends for each document, as the import does: `ratio` is against plain inserts, `ratio_to_silent`
against those.

	python benchmarks/import_register.py [--rows N] [--bare N]

Called on the site AFTERSALES_SITE (default bench.localhost) with AFTERSALES_SHARED_DATA set; prints a table
and, as its last line, the figures as JSON.
"""

import argparse
import csv
import itertools
import json
import os
import resource
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import frappe

FILE = "ords-repair-cafe-wales-202507.csv"
PROVIDERS = ("Repair Cafe Wales", "Bare")
OURS = ("Repair Card", "Repair Call", "Customer Equipment")
WARM_UP = 100


def main() -> int:
	options = _options()
	path = Path(os.environ.get("AFTERSALES_SHARED_DATA", "/nonexistent")) / FILE
	if not path.is_file():
		print(f"NOT MEASURED: {FILE} is not in AFTERSALES_SHARED_DATA", file=sys.stderr)
		return 1
	# Frappe opens its log files by paths relative to the sites folder.
	bench = os.environ.get("AFTERSALES_BENCH")
	if bench:
		os.chdir(Path(bench) / "sites")
	frappe.init(site=os.environ.get("AFTERSALES_SITE", "bench.localhost"), sites_path=".")
	frappe.connect()
	try:
		figures = measure(path, options.rows, options.bare)
	finally:
		remove_what_was_made()
		frappe.destroy()
	_print(figures)
	print(json.dumps(figures))
	return 0 if figures["counts_equal"] else 1


def measure(path: Path, rows: int, bare_rows: int) -> dict:
	"""Figures of one run: rows and seconds of both sides, ratio, counts by outcome, memory."""
	from aftersales.service_desk.register_import import jobs

	remove_what_was_made()
	content = _first_rows(path, rows)
	expected = Counter(row["repair_status"] for row in csv.DictReader(content.decode().splitlines(True)))
	doc = _new_import(content)

	started = time.perf_counter()
	doc.note(status="Checking")
	jobs.check(doc.name)
	check_seconds = time.perf_counter() - started
	frappe.db.commit()
	doc.reload()
	assert doc.status == "Checked", doc.failure
	bad = doc.rows_bad

	bare = _BareInserts(doc, bare_rows)
	bare.insert(WARM_UP)
	bare.forget()

	doc.note(status="Queued", attempt=doc.attempt + 1)
	with _Memory() as memory, bare.between_batches(doc.rows_total, bare_rows):
		started = time.perf_counter()
		jobs.run_import(doc.name, doc.attempt)
		import_seconds = time.perf_counter() - started - bare.pause
	frappe.db.commit()
	doc.reload()
	assert doc.status == "Done", doc.failure

	found = Counter(
		frappe.get_all(
			"Repair Call",
			filters={"external_id": ["like", f"{PROVIDERS[0]}:%"]},
			pluck="register_outcome",
			order_by="name",
		)
	)
	speed = doc.rows_imported / import_seconds
	return {
		"rows": doc.rows_total,
		"imported": doc.rows_imported,
		"bad": bad,
		"check_seconds": round(check_seconds, 2),
		"import_seconds": round(import_seconds, 2),
		"import_rows_per_second": round(speed, 1),
		"bare_rows": bare.rows[False] + bare.rows[True],
		"bare_rows_per_second": round(bare.speed(silent=False), 1),
		"bare_silent_rows_per_second": round(bare.speed(silent=True), 1),
		"ratio": round(speed / bare.speed(silent=False), 3),
		"ratio_to_silent": round(speed / bare.speed(silent=True), 3),
		"outcomes_in_file": dict(sorted(expected.items())),
		"outcomes_imported": dict(sorted(found.items())),
		"counts_equal": found == expected and doc.rows_imported == doc.rows_total,
		"memory_start_mb": memory.start,
		"memory_at_quarters_mb": memory.quarters(),
		"memory_peak_mb": memory.peak,
	}


class _BareInserts:
	"""Inserts records that the import would write, as plain documents."""

	def __init__(self, settings, count: int):
		from aftersales.service_desk.register_import import source
		from aftersales.service_desk.register_import.masters import Masters

		self.settings = settings
		self.forget()
		with source.opened(settings) as opened:
			# Spread over the file, so that outcomes and lengths of text are mixed as in the whole.
			step = max(settings.rows_total // (count + WARM_UP), 1)
			records = list(itertools.islice(opened.rows, 0, None, step))
		masters = Masters(settings)
		self.customer = masters.customer(records[0])
		frappe.db.commit()
		self.records = iter(records)

	def forget(self) -> None:
		self.seconds = {False: 0.0, True: 0.0}
		self.rows = {False: 0, True: 0}
		self.batches = 0
		self.pause = 0.0

	@contextmanager
	def between_batches(self, import_rows: int, bare_rows: int):
		"""Insert a batch after every so many batches of the import; `pause` adds up the time it takes."""
		from aftersales.service_desk.register_import import jobs

		every = max(import_rows // max(bare_rows, 1), 1)
		counter = itertools.count(1)
		write_batch = jobs._write_batch

		def write_batch_and_a_bare_one(*args):
			result = write_batch(*args)
			if next(counter) % every == 0:
				started = time.perf_counter()
				self.insert(jobs.BATCH)
				self.pause += time.perf_counter() - started
			return result

		jobs._write_batch = write_batch_and_a_bare_one
		try:
			yield
		finally:
			jobs._write_batch = write_batch

	def speed(self, silent: bool) -> float:
		return self.rows[silent] / self.seconds[silent]

	def insert(self, count: int) -> None:
		from aftersales.service_desk.register_import import jobs

		records = list(itertools.islice(self.records, count))
		with jobs.history_mode():
			for start in range(0, len(records), jobs.BATCH):
				batch = [self._values(record) for record in records[start : start + jobs.BATCH]]
				silent = self.batches % 2 == 1
				self.batches += 1
				started = time.perf_counter()
				for equipment, call, card in batch:
					self._insert(equipment, call, card, silent)
				frappe.db.commit()
				self.seconds[silent] += time.perf_counter() - started
				self.rows[silent] += len(batch)

	def _values(self, record) -> tuple[dict, dict, dict | None]:
		common = {
			"customer": self.customer,
			"company": self.settings.company,
			"external_id": record.external_id.replace(PROVIDERS[0], PROVIDERS[1]),
		}
		call = {"request_type": self.settings.request_type, "support_kind": "Use"}
		job = {"service_category": self.settings.service_category}
		model = {"model": record.product_group}
		return (
			self._told("Customer Equipment", {**record.equipment, **common, **model}),
			self._told("Repair Call", {**record.call, **common, **call, **job, **model}),
			self._told("Repair Card", {**record.card, **common, **job, "docstatus": 1})
			if record.card
			else None,
		)

	def _told(self, doctype: str, values: dict) -> dict:
		from aftersales.service_desk.register_import.writing import _defaults_of

		if doctype not in self.__dict__.setdefault("defaults", {}):
			self.defaults[doctype] = _defaults_of(doctype)
		told = {key: value for key, value in values.items() if value not in ("", None)}
		return {**self.defaults[doctype], **told, "doctype": doctype}

	def _insert(self, equipment: dict, call: dict, card: dict | None, silent: bool) -> None:
		equipment_doc = self._insert_one(equipment, silent)
		call_doc = self._insert_one({**call, "equipment": equipment_doc.name}, silent)
		if card:
			links = {"equipment": equipment_doc.name, "repair_call": call_doc.name}
			self._insert_one({**card, **links}, silent)

	def _insert_one(self, values: dict, silent: bool):
		document = frappe.get_doc(values)
		document.flags.from_register = True
		document.flags.notify_update = not silent
		return document.insert()


class _Memory:
	"""Resident memory of this process while something runs, in MB."""

	def __enter__(self):
		self.samples = [_resident_mb()]
		self.start = self.samples[0]
		self._over = threading.Event()
		self._thread = threading.Thread(target=self._watch, daemon=True)
		self._thread.start()
		return self

	def __exit__(self, *error):
		self._over.set()
		self._thread.join()
		self.samples.append(_resident_mb())
		self.peak = max(*self.samples, self.start)

	def _watch(self):
		while not self._over.wait(0.5):
			self.samples.append(_resident_mb())

	def quarters(self) -> list[float]:
		"""At a quarter, half, three quarters and the end of the time."""
		last = len(self.samples) - 1
		return [self.samples[last * quarter // 4] for quarter in (1, 2, 3, 4)]


def _resident_mb() -> float:
	pages = int(Path("/proc/self/statm").read_text().split()[1])
	return round(pages * resource.getpagesize() / 1024 / 1024, 1)


def _new_import(content: bytes):
	file = frappe.get_doc(
		{"doctype": "File", "file_name": FILE, "is_private": 1, "content": content}
	).insert()
	doc = frappe.get_doc(
		{
			"doctype": "Register Import",
			"import_file": file.file_url,
			"company": frappe.defaults.get_global_default("company"),
			"create_customers": 1,
			"request_type": "Repair",
			"service_category": "A",
		}
	).insert()
	frappe.db.commit()
	return doc


def _first_rows(path: Path, rows: int) -> bytes:
	with open(path, "rb") as stream:
		return b"".join(itertools.islice(stream, rows + 1)) if rows else stream.read()


def remove_what_was_made() -> None:
	"""Take the benchmark's records off the site, also those of a run that was cut off."""
	frappe.db.rollback()
	for doctype in OURS:
		for provider in PROVIDERS:
			frappe.db.delete(doctype, {"external_id": ["like", f"{provider}:%"]})
	for name in frappe.get_all("Register Import", pluck="name", order_by="name"):
		frappe.db.set_value("Register Import", name, "status", "Stopped")
		frappe.delete_doc("Register Import", name, force=True)
	for name in frappe.get_all(
		"File", filters={"file_name": ["like", "ords-repair-cafe-wales%"]}, pluck="name", order_by="name"
	):
		frappe.delete_doc("File", name, force=True)
	frappe.db.commit()


def _print(figures: dict) -> None:
	for name, value in figures.items():
		print(f"{name:>24}  {value}")


def _options():
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--rows", type=int, default=0, help="only the first so many rows; 0: all")
	parser.add_argument("--bare", type=int, default=2000, help="how many records to insert bare")
	return parser.parse_args()


if __name__ == "__main__":
	sys.exit(main())
