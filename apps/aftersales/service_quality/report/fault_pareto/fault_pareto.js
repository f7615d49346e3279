frappe.query_reports["Fault Pareto"] = {
	filters: [
		...aftersales.reports.dates(aftersales.reports.a_year_ago()),
		{
			fieldname: "kind",
			label: __("Kind"),
			fieldtype: "Select",
			options: ["Symptom", "Fault", "Cause", "Action"],
			default: "Fault",
			reqd: 1,
		},
		{
			fieldname: "group_by",
			label: __("Group by"),
			fieldtype: "Select",
			options: ["Code", "Model", "Code and Model"],
			default: "Code",
			reqd: 1,
		},
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company" },
		{
			fieldname: "request_type",
			label: __("Request Type"),
			fieldtype: "Link",
			options: "Service Request Type",
		},
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
		{ fieldname: "brand", label: __("Brand"), fieldtype: "Data" },
		{ fieldname: "model", label: __("Model"), fieldtype: "Data" },
	],

	formatter(value, row, column, data, default_formatter) {
		// the title stands beside it
		if (column.fieldname === "code" && value) {
			return frappe.utils.get_form_link("Fault Code", value, true, frappe.utils.escape_html(value));
		}
		const text = default_formatter(value, row, column, data);
		return column.fieldname === "hazards" && data?.hazards
			? `<span class="text-danger">${text}</span>`
			: text;
	},
};
