frappe.query_reports["Open Repair Data"] = {
	filters: [
		...aftersales.reports.dates(frappe.datetime.add_months(frappe.datetime.get_today(), -12)),
		aftersales.reports.company_filter(),
		{ fieldname: "data_provider", label: __("Name of the Data Provider"), fieldtype: "Data" },
	],
};
