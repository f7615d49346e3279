frappe.query_reports["Repair Methods"] = {
	filters: [
		...aftersales.reports.period_filters(aftersales.reports.a_year_ago()),
		{
			fieldname: "group_by",
			label: __("Group by"),
			fieldtype: "Select",
			options: [
				{ value: "Method", label: __("Repair Method") },
				{ value: "Model", label: __("Model") },
			],
			default: "Method",
		},
	],
};
