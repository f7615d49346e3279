frappe.query_reports["Customer Satisfaction"] = {
	filters: [
		...aftersales.reports.dates(aftersales.reports.a_year_ago()),
		{
			fieldname: "group_by",
			label: __("Group by"),
			fieldtype: "Select",
			options: ["Technician", "Model", "Month", "Request Type", "Customer", "Kind", "Channel"],
			default: "Technician",
			reqd: 1,
		},
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company" },
		{
			fieldname: "technician",
			label: __("Technician"),
			fieldtype: "Link",
			options: "Service Technician",
		},
		{
			fieldname: "kind",
			label: __("Kind"),
			fieldtype: "Select",
			options: ["", "Effectiveness", "Periodic Visit", "Complaint Reply"],
		},
	],

	formatter(value, row, column, data, default_formatter) {
		if (column.fieldname === "value" && data && !value) {
			return `<span class="text-muted">${__("Not known")}</span>`;
		}
		const text = default_formatter(value, row, column, data);
		const grave = column.fieldname === "hazards" || column.fieldname === "new_calls";
		return grave && data && data[column.fieldname] ? `<span class="text-danger">${text}</span>` : text;
	},
};
