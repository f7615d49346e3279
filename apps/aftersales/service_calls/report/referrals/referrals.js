frappe.query_reports["Referrals"] = {
	filters: [
		...aftersales.reports.dates(frappe.datetime.add_months(frappe.datetime.get_today(), -12)),
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company" },
		{ fieldname: "by_month", label: __("By Month"), fieldtype: "Check", default: 0 },
	],
};
