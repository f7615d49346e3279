"""Messages before a visit: a reminder some hours ahead, and the estimated time on the day, each once an appointment."""

from datetime import timedelta

from frappe.utils import cint, now_datetime

from aftersales.customer_portal import links, messages, progress
from aftersales.service_calls import appointment_notices
from aftersales.service_calls.appointment_notices import ESTIMATED, REMINDED
from aftersales.service_setup.settings import aftersales_settings
from aftersales.visit_planning import estimates


def send_due() -> None:
	"""Every quarter of an hour: tell customers whose visit is near."""
	if not messages.is_switched_on():
		return
	remind()
	tell_estimates()


def remind() -> int:
	"""Remind of the appointments that begin within the hours of the settings; returns how many were told."""
	hours = cint(aftersales_settings().visit_reminder_hours)
	if not hours:
		return 0
	return sum(
		appointment_notices.take(call, REMINDED) and messages.tell(call, "visit_reminder", links.APPOINTMENT)
		for call in appointment_notices.to_remind(now_datetime(), timedelta(hours=hours))
	)


def tell_estimates() -> int:
	"""Tell who is visited within the minutes of the settings when that is likely to be; returns how many were told."""
	minutes = cint(aftersales_settings().estimate_minutes)
	if not minutes:
		return 0
	until = now_datetime() + timedelta(minutes=minutes)
	told = 0
	for call, _visit, at, before in estimates.of_day():
		if at <= until and appointment_notices.take(call, ESTIMATED):
			told += messages.tell(
				call,
				"visit_today",
				links.APPOINTMENT,
				estimated_at=progress.clock(at),
				stops_before=lambda before=before: progress.stops_before(before),
			)
	return told
