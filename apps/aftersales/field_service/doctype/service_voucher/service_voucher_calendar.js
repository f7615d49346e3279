frappe.views.calendar["Service Voucher"] = {
	field_map: {
		start: "planned_start",
		end: "planned_end",
		id: "name",
		title: "customer_name",
		allDay: "allDay",
	},
	filters: [
		{
			fieldtype: "Link",
			fieldname: "technician",
			options: "Service Technician",
			label: __("Technician"),
		},
	],
	get_events_method: "frappe.desk.calendar.get_events",
};
