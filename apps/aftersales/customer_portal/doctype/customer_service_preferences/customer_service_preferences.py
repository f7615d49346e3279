from aftersales.core.input.document import ServiceDocument


class CustomerServicePreferences(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.customer_portal.doctype.customer_contact_channel.customer_contact_channel import (
			CustomerContactChannel,
		)

		appointment: DF.Check
		channel: DF.Autocomplete | None
		contact_channels: DF.Table[CustomerContactChannel]
		customer: DF.Link
		customer_name: DF.Data | None
		estimate: DF.Check
		invoice: DF.Check
		loaner_due: DF.Check
		loaner_overdue: DF.Check
		on_the_way: DF.Check
		ready: DF.Check
		received: DF.Check
		survey: DF.Check
		taken_in: DF.Check
		uncollected: DF.Check
		visit_reminder: DF.Check
		visit_today: DF.Check
	# end: auto-generated types

	"""Which messages a customer gets; without such a record they get all that the site sends."""
