frappe.query_reports["Job Profitability"] = {
	filters: [
		...aftersales.reports.period_filters(),
		{
			fieldname: "group_by",
			label: __("Group by"),
			fieldtype: "Select",
			options: ["Job", "Customer", "Technician", "Service Category", "Model", "Request Type"],
			default: "Job",
			reqd: 1,
		},
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
		{
			fieldname: "technician",
			label: __("Technician"),
			fieldtype: "Link",
			options: "Service Technician",
		},
		{
			fieldname: "service_category",
			label: __("Category"),
			fieldtype: "Link",
			options: "Service Category",
		},
	],
	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		return column.fieldname === "margin" && data?.margin < 0
			? `<span class="text-danger">${text}</span>`
			: text;
	},
};
