"""What a technician is qualified for: decisions without frappe (R-SV-1)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

BOTH = "Both"

NO_SKILL = "no_skill"
OTHER_KIND = "other_kind"
EXPIRED = "expired"
RETRAINING = "retraining"
LEARNING = "learning"

TRAINEE, QUALIFIED = "Trainee", "Qualified"


@dataclass(frozen=True)
class Skill:
	"""One line of a technician's skills; `valid_until` is the certificate's last day, None for ever."""

	item_group: str
	support_kind: str
	certificate: str | None = None
	valid_until: date | None = None
	level: str = QUALIFIED
	"""A trainee works beside others."""


@dataclass(frozen=True)
class Verdict:
	"""Whether the technician is qualified; if not, `reason` says what came nearest to it."""

	ok: bool
	reason: str = ""
	skill: Skill | None = None


def is_qualified(
	skills: Iterable[Skill],
	item_group_ancestors: Collection[str],
	support_kind: str | None,
	on_date: date,
	retraining: Iterable[Skill] = (),
) -> Verdict:
	"""Say whether `skills` cover a product group and kind of support on a day.

	Args:
		skills: what the technician can do.
		item_group_ancestors: the product's group and every group above it. Empty when the product
			group is not known: then the kind of support alone decides.
		support_kind: "Use" or "Application"; empty when the call does not say: then any kind will do.
		on_date: the planned day of the visit; a certificate is good on its last day.
		retraining: for what an exam was failed and not passed since; asked only where the group is known.
	"""
	groups = set(item_group_ancestors)
	barred = [
		skill for skill in retraining if skill.item_group in groups and _covers_kind(skill, support_kind)
	]
	if barred:
		return Verdict(False, RETRAINING, barred[0])
	of_group = [skill for skill in skills if not groups or skill.item_group in groups]
	if not of_group:
		return Verdict(False, NO_SKILL)
	of_kind = [skill for skill in of_group if _covers_kind(skill, support_kind)]
	if not of_kind:
		return Verdict(False, OTHER_KIND, of_group[0])
	alone = [skill for skill in of_kind if skill.level != TRAINEE]
	if not alone:
		return Verdict(False, LEARNING, of_kind[0])
	for skill in alone:
		if skill.valid_until is None or skill.valid_until >= on_date:
			return Verdict(True, skill=skill)
	return Verdict(False, EXPIRED, max(alone, key=lambda skill: skill.valid_until or date.min))


def first_repeated(skills: Iterable[Skill]) -> Skill | None:
	"""The first skill that names the same product group and kind of support as one before it."""
	seen: set[tuple[str, str]] = set()
	for skill in skills:
		key = (skill.item_group, skill.support_kind)
		if key in seen:
			return skill
		seen.add(key)
	return None


def _covers_kind(skill: Skill, support_kind: str | None) -> bool:
	return not support_kind or skill.support_kind in (BOTH, support_kind)
