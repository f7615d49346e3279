"""Where a call stands, in words for its customer: loads the facts, asks `progress_rules`, says it."""

from datetime import datetime

import frappe
from frappe import _
from frappe.utils import format_datetime, format_time, get_datetime

from aftersales.customer_portal import progress_rules
from aftersales.customer_portal.progress_rules import Facts
from aftersales.field_service import day_rules
from aftersales.field_service.portal_api import visits_of_call
from aftersales.repair_workshop.portal_api import cards_of_call, receipts_of_call
from aftersales.visit_planning import estimates


def words(headline: str) -> tuple[str, str]:
	"""What a headline of `progress_rules` says, and the sentence below it."""
	return {
		"received": (_("We received your request"), _("We will look at it and answer you shortly.")),
		"planning": (
			_("We are planning the next step"),
			_("We have looked at your call and will tell you when we come."),
		),
		"appointment": (
			_("Your appointment"),
			_("Please make sure that somebody is there and the product can be reached."),
		),
		"working": (_("We are working on it"), _("You hear from us as soon as there is something new.")),
		"on_hold": (
			_("The work is paused"),
			_("We are waiting for something that we need to continue. You need not do anything."),
		),
		"inspecting": (
			_("Your product is in our workshop"),
			_("We are finding out what is wrong. Then we tell you the cost, and you decide."),
		),
		"your_decision": (
			_("We need your decision"),
			_("We have found the fault. Please look at our estimate."),
		),
		"repair_next": (
			_("Approved, repair starts soon"),
			_("Thank you for your decision. We start as soon as we can."),
		),
		"waiting_for_parts": (
			_("We are waiting for a spare part"),
			_("The repair goes on as soon as it has arrived."),
		),
		"repairing": (_("We are repairing your product"), _("You hear from us when it is done.")),
		"checking": (_("The repair is done"), _("A second person is checking the work.")),
		"ready": (
			_("Your product is ready"),
			_("You can collect it, or we bring it back. Please have your receipt at hand."),
		),
		"not_repairable": (
			_("It cannot be repaired"),
			_("Your product is ready to be collected. We tell you why on the repair list."),
		),
		"declined": (
			_("Ready to be collected"),
			_("You decided against the repair. Your product is ready to be collected as it is."),
		),
		"solved": (_("Solved"), _("If the fault comes back, tell us here.")),
		"closed": (_("Finished"), _("This call is closed. If the fault comes back, please report it again.")),
		"cancelled": (_("Cancelled"), _("This call was withdrawn.")),
	}[headline]


def step_words(key: str, done: bool) -> str:
	"""What a step is called once it is done, or while it is still to come."""
	finished, to_come = {
		"received": (_("Call received"), _("Call received")),
		"answered": (_("Answered"), _("Our answer")),
		"visit": (_("Visit"), _("Visit")),
		"taken_in": (_("Taken into our workshop"), _("To our workshop")),
		"approved": (_("Estimate accepted"), _("Your decision on the estimate")),
		"repaired": (_("Repaired and checked"), _("Repair and check")),
		"handed_back": (_("Handed back"), _("Return to you")),
		"solved": (_("Solved"), _("Solution")),
	}[key]
	return finished if done else to_come


def of_call(call: frappe._dict) -> frappe._dict:
	"""Headline, sentence, arrival window and steps of a call, with its cards, receipts and visits."""
	cards, receipts, visits = cards_of_call(call.name), receipts_of_call(call.name), visits_of_call(call.name)
	facts = _facts(call, cards, receipts)
	headline = progress_rules.headline(facts)
	title, sentence = words(headline)
	return frappe._dict(
		headline=headline,
		title=title,
		sentence=sentence,
		window=window(call.promised_from, call.promised_to),
		estimate=estimate(call) if headline == "appointment" else "",
		steps=[
			frappe._dict(
				key=step.key,
				words=step_words(step.key, step.state == "done"),
				at=moment(step.at),
				state=step.state,
			)
			for step in progress_rules.steps(facts)
		],
		promised_return=_promised_return(cards, headline),
		cards=cards,
		receipts=receipts,
		visits=visits,
	)


def title_of(call: frappe._dict) -> str:
	"""The headline of a call for a list, from the call alone."""
	facts = Facts(
		call.status,
		call.received_at,
		responded_at=call.responded_at,
		promised_from=call.promised_from,
		promised_to=call.promised_to,
		resolved_at=call.resolved_at,
	)
	return words(progress_rules.headline(facts))[0]


def window(begin: datetime | None, end: datetime | None) -> str:
	"""An arrival window as one says it: the day once, then from and to. Of a job of several days, how long it lasts."""
	if not begin or not end:
		return ""
	begin, end = get_datetime(begin), get_datetime(end)
	if begin.date() == end.date():
		return _("{0}, between {1} and {2}").format(day(begin), clock(begin), clock(end))
	if day_rules.lasts_days((begin, end)):
		return _("from {0}, {1} to {2}, {3}").format(day(begin), clock(begin), day(end), clock(end))
	return _("between {0}, {1} and {2}, {3}").format(day(begin), clock(begin), day(end), clock(end))


def estimate(call: frappe._dict) -> str:
	"""When somebody is likely to be there today, and how many stops come before; empty on any other day."""
	found = estimates.of_call(call.name) if call.status == "Scheduled" else None
	if not found:
		return ""
	return _("Estimated at {0}. {1}").format(clock(found[0]), stops_before(found[1]))


def stops_before(number: int) -> str:
	if number > 1:
		return _("There are {0} stops before you.").format(number)
	return _("There is one stop before you.") if number else _("You are next.")


def day(value: datetime) -> str:
	"""Weekday, day and month. The pattern (CLDR) is translated: a language may have a point after the day."""
	return format_datetime(value, _("EEEE, d MMMM"))


def clock(value: datetime) -> str:
	return format_time(value, "HH:mm")


def moment(value: datetime | str | None) -> str:
	"""Day and time of something that has happened; empty without one."""
	if not value:
		return ""
	date = format_datetime(value, _("d MMM yyyy"))
	return f"{date}, {clock(get_datetime(value))}"


def _facts(call: frappe._dict, cards: list, receipts: list) -> Facts:
	card = cards[-1] if cards else frappe._dict()
	receipt = receipts[-1] if receipts else frappe._dict()
	return Facts(
		status=call.status,
		received_at=call.received_at,
		responded_at=call.responded_at,
		promised_from=call.promised_from,
		promised_to=call.promised_to,
		arrived_at=call.arrived_at,
		taken_in_at=receipt.received_at or card.received_at,
		handed_back_at=receipt.returned_at or card.returned_at,
		card_status=card.status,
		estimate=card.approval_status,
		approved_at=card.approved_at,
		ready_at=card.ready_at,
		resolved_at=call.resolved_at,
		closed_at=call.closed_at,
	)


def _promised_return(cards: list, headline: str) -> str:
	if not cards or headline in ("ready", "solved", "closed", "cancelled", "declined", "not_repairable"):
		return ""
	return moment(cards[-1].promised_return)
