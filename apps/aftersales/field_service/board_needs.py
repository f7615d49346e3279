"""Who is qualified and there for what the dispatch board shows."""

from collections.abc import Iterable
from datetime import date

import frappe

from aftersales.field_service import arrival
from aftersales.service_staff import exams, skill_rules


class Needs:
	"""Who is qualified for what on the day: rows of one company, product group and kind of support need the same."""

	def __init__(self, people: dict[str, frappe._dict], rows: Iterable[frappe._dict], on: date):
		self.people = people
		self.on = on
		self.skills = arrival.skills_of(list(people))
		self.retraining = exams.retraining_of(people, on)
		self.above = _groups_above({product_group(row) for row in rows} - {None})
		self.places: dict[tuple, int] = {}
		self.fits: list[list[str]] = []

	def of(self, row: frappe._dict) -> int:
		"""The place among `fits` of those who are qualified for a visit or call."""
		need = (row.company, product_group(row), row.support_kind or None)
		if need not in self.places:
			self.places[need] = len(self.fits)
			self.fits.append([name for name in self.people if self._is_fit(name, *need)])
		return self.places[need]

	def _is_fit(self, technician: str, company: str, group: str | None, support_kind: str | None) -> bool:
		person = self.people[technician]
		return bool(
			person.is_active
			and not person.absence
			and person.company == company
			and skill_rules.is_qualified(
				self.skills.get(technician, ()),
				self.above.get(group, ()),
				support_kind,
				self.on,
				self.retraining.get(technician, ()),
			).ok
		)


def product_group(row: frappe._dict) -> str | None:
	return row.product_group or row.call_group or row.item_group


def _groups_above(groups: set[str]) -> dict[str, list[str]]:
	"""Item group → itself and all groups above it."""
	found: dict[str, list[str]] = {}
	if not groups:
		return found
	group, above = frappe.qb.DocType("Item Group"), frappe.qb.DocType("Item Group").as_("above")
	rows = (
		frappe.qb.from_(group)
		.join(above)
		.on((above.lft <= group.lft) & (above.rgt >= group.rgt))
		.where(group.name.isin(sorted(groups)))
		.select(group.name, above.name)
		.run()
	)
	for name, ancestor in rows:
		found.setdefault(name, []).append(ancestor)
	return found
