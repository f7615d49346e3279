"""The real registers, read without a site: every row is accounted for."""

import csv
import datetime
import os
from collections import Counter
from pathlib import Path

import pytest

from aftersales.service_desk.register_import import columns as c
from aftersales.service_desk.register_import.reading import open_register
from aftersales.service_desk.register_import.records import Record, RowReader

FILES = ("ords-fixit-clinic-202507.csv", "ords-repair-cafe-wales-202507.csv")


@pytest.fixture(params=FILES)
def real_file(request) -> Path:
	folder = os.environ.get("AFTERSALES_SHARED_DATA")
	path = Path(folder or "/nonexistent") / request.param
	if not path.is_file():
		pytest.skip(f"AFTERSALES_SHARED_DATA: {request.param} is not here")
	return path


def test_every_row_of_a_real_register_is_a_record(real_file):
	with open(real_file, encoding="utf-8-sig", newline="") as stream:
		expected = list(csv.DictReader(stream))
	with open_register(real_file) as register:
		assert (register.encoding.name, register.delimiter) == ("UTF-8", ",")
		reader = RowReader(c.ords_layout(register.header), register.header, datetime.date(2026, 1, 1))
		entries = list(reader.read(register.rows))

	assert [type(entry) for entry in entries] == [Record] * len(expected)
	assert Counter(entry.outcome for entry in entries) == Counter(row["repair_status"] for row in expected)
	for entry, row in zip(entries, expected, strict=True):
		assert entry.external_id == f"{row['data_provider']}:{row['id']}"
		assert entry.call["received_at"].date().isoformat() == row["event_date"]
		assert entry.product_group == row["product_category"]
		assert entry.call["subject"]
		assert bool(entry.card) == (row["repair_status"] in ("Fixed", "End of life"))
