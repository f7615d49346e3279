frappe.query_reports["Referrals"] = {
	filters: [
		...aftersales.reports.dates(aftersales.reports.a_year_ago()),
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company" },
		{ fieldname: "by_month", label: __("By Month"), fieldtype: "Check", default: 0 },
	],
};
