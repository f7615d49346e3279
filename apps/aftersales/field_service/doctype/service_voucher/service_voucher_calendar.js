frappe.views.calendar["Service Voucher"] = {
	field_map: {
		start: "planned_start",
		end: "planned_end",
		id: "name",
		title: "title",
		allDay: "allDay",
	},
	get_css_class: (visit) => visit.color,
	get_events_method: "aftersales.field_service.visits.planned_visits",
};
