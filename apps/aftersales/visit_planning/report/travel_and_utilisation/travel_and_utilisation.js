frappe.query_reports["Travel and Utilisation"] = {
	filters: [
		...aftersales.reports.period_filters(frappe.datetime.add_months(frappe.datetime.get_today(), -1)),
		{
			fieldname: "group_by",
			label: __("Group by"),
			fieldtype: "Select",
			options: [
				{ value: "Technician", label: __("Technician") },
				{ value: "Zone", label: __("Zone") },
				{ value: "Week", label: __("Week") },
			],
			default: "Technician",
		},
	],
};
