frappe.query_reports["Open Repair Data"] = {
	filters: [
		...aftersales.reports.dates(frappe.datetime.add_months(frappe.datetime.get_today(), -12)),
		{
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
			default: frappe.defaults.get_user_default("Company"),
			reqd: 1,
		},
		{ fieldname: "data_provider", label: __("Name of the Data Provider"), fieldtype: "Data" },
	],
};
