"""The questions after a repair, answered by signed link (R-FU-1)."""

import frappe
from frappe import _

from aftersales.core.guards import NotPossible
from aftersales.customer_care import care_portal_api as care
from aftersales.customer_care.follow_ups import record_answers
from aftersales.customer_portal import limits
from aftersales.customer_portal.link_rules import Link
from aftersales.customer_portal.web import GoTo, Page, Visit, form
from aftersales.service_calls import portal_api as desk

ANSWERED = ("Done", "Escalated")
YES_NO = ("Yes", "No")
CSAT = tuple(str(number) for number in range(1, 6))
NPS = tuple(str(number) for number in range(11))


def page(visit: Visit, opened: Link) -> Page | GoTo | None:
	"""The questions, or thanks where they are answered; None when nobody is to be asked any more."""
	follow_up = care.follow_up_of(opened.name, (opened.customer,))
	if not follow_up or (follow_up.status == "Cancelled" and not follow_up.not_reached):
		return None
	questions = _questions(follow_up)

	def show() -> Page:
		call = follow_up.repair_call and desk.call_of(follow_up.repair_call, (opened.customer,))
		return Page(
			"survey.html",
			{
				"title": _("What do you say to our answer?")
				if follow_up.kind == "Complaint Reply"
				else _("Was our repair a good one?"),
				"call": call or frappe._dict(),
				"answered": follow_up.status in ANSWERED,
				"questions": questions,
				"csat": CSAT,
				"nps": NPS,
				"navigation": False,
			},
		)

	def act() -> GoTo:
		limits.count("act", 60, 3600, opened.key)
		if care.lock_follow_up(follow_up.name) not in ANSWERED:
			record_answers(follow_up.name, _answers(visit, questions), "Web")
		return GoTo(visit.path)

	return form(visit, show, act)


def _questions(follow_up: frappe._dict) -> list[tuple[str, str]]:
	"""The questions answered by yes or no (field, words), the one that must be answered first."""
	if follow_up.kind == "Complaint Reply":
		return [("answer_accepted", _("Are you satisfied with our answer?"))]
	return [
		("repair_effective", _("Does everything work now?")),
		("hidden_hazard", _("Have you noticed anything that may be dangerous?")),
	]


def _answers(visit: Visit, questions: list[tuple[str, str]]) -> dict:
	answers = {
		**{field: visit.one_of(field, YES_NO) for field, _words in questions},
		"csat": visit.one_of("csat", CSAT),
		"nps": visit.one_of("nps", NPS),
		"comments": visit.text("comments", 2000) or None,
	}
	field, words = questions[0]
	if not answers[field]:
		raise NotPossible(_("Please answer the question: {0}").format(words))
	return answers
