frappe.query_reports["Warranty Cost"] = {
	filters: [
		...aftersales.reports.period_filters(aftersales.reports.a_year_ago()),
		{
			fieldname: "group_by",
			label: __("Group by"),
			fieldtype: "Select",
			options: ["Model", "Brand", "Product", "Part", "Month", "Customer"],
			default: "Model",
			reqd: 1,
		},
		{ fieldname: "brand", label: __("Brand"), fieldtype: "Link", options: "Brand" },
	],
};
