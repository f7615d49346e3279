from aftersales.core.input.document import ServiceDocument


class ServiceClock(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.service_levels.doctype.service_clock_pause.service_clock_pause import (
			ServiceClockPause,
		)

		allowed_seconds: DF.Int
		calendar: DF.Data | None
		call_owner: DF.Link | None
		company: DF.Link | None
		customer: DF.Link | None
		due_at: DF.Datetime | None
		events_done: DF.Int
		measure: DF.Data | None
		next_event_at: DF.Datetime | None
		open_key: DF.Data | None
		overrun_seconds: DF.Int
		pause_log: DF.Table[ServiceClockPause]
		paused_at: DF.Datetime | None
		paused_seconds: DF.Int
		pauses: DF.Int
		reference_doctype: DF.Link
		reference_name: DF.DynamicLink
		service_zone: DF.Link | None
		spent_seconds: DF.Int
		started_at: DF.Datetime | None
		state: DF.Literal["Running", "Paused", "Overdue", "Met", "Missed", "Cancelled"]
		stopped_at: DF.Datetime | None
		target: DF.Link | None
		terms: DF.Code | None
	# end: auto-generated types

	pass
