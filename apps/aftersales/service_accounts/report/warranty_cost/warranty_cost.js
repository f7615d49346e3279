frappe.query_reports["Warranty Cost"] = {
	filters: [
		...aftersales.reports.period_filters(frappe.datetime.add_months(frappe.datetime.get_today(), -12)),
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
