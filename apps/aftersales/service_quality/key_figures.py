"""Gathers what the rooms count in a period and works out the key figures of each group of calls (R-KPI)."""

from collections.abc import Iterable, Iterator

import frappe
from frappe.utils import cint, flt

from aftersales.customer_care import opinion_figures as opinions
from aftersales.field_service import metrics as visits
from aftersales.repair_workshop import metrics as workshop
from aftersales.service_accounts import metrics as billing
from aftersales.service_calls import clock_figures as clocks
from aftersales.service_calls import metrics as calls
from aftersales.service_calls.metrics import Selection
from aftersales.service_quality.key_figure_rules import FIELDS, Counts
from aftersales.service_setup.settings import aftersales_settings


def counts_by_group(selection: Selection) -> dict[str, Counts]:
	"""Value of the group → what happened there in the period, in the order of the values."""
	within = cint(aftersales_settings().repeat_days)
	rows = (
		*calls.received(selection, within),
		*calls.resolved(selection),
		*calls.closed(selection),
		*calls.promises(selection),
		*opinions.answers(selection),
		*visits.first_time_fixes(selection, within),
		*visits.time_tracking(selection),
		*workshop.turnaround(selection),
		*clocks.decided(selection),
		*billing.cost_of_closed_calls(selection),
	)
	if selection.group == calls.MODEL:
		rows = _models_as_one(rows)
	return dict(sorted(_merged(rows).items()))


def _models_as_one(rows: Iterable[dict]) -> Iterator[dict]:
	"""The rows under the name of the model as it was written first: each query writes it as one of its calls did."""
	written: dict[str, str] = {}
	for row in rows:
		text = " ".join(row["value"].split())
		yield {**row, "value": written.setdefault(calls.model_key(text), text)}


def _merged(rows: Iterable[dict]) -> dict[str, Counts]:
	found: dict[str, Counts] = {}
	for row in rows:
		value = row["value"] or ""
		counted = Counts(**{name: flt(row[name]) for name in FIELDS if name in row})
		found[value] = found.get(value, Counts()) + counted
	return found
