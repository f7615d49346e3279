frappe.query_reports["Calls by Agent"] = {
	filters: aftersales.reports.dates(frappe.datetime.month_start()),
};
