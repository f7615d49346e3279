// What the accountants' reports ask for. Loaded with the desk, before any report.
frappe.provide("aftersales.reports");

aftersales.reports.company_filter = function () {
	return {
		fieldname: "company",
		label: __("Company"),
		fieldtype: "Link",
		options: "Company",
		default: frappe.defaults.get_user_default("Company"),
		reqd: 1,
	};
};

// The day at whose end a report looks.
aftersales.reports.day_filter = function () {
	return {
		fieldname: "on_date",
		label: __("As of"),
		fieldtype: "Date",
		default: frappe.datetime.get_today(),
	};
};

// Reports on service and quality look back over twelve months; those of the accountant over the month.
aftersales.reports.a_year_ago = () => frappe.datetime.add_months(frappe.datetime.get_today(), -12);

// A period that ends today: from `from`, by default the first of the month.
aftersales.reports.dates = function (from = frappe.datetime.month_start()) {
	return [
		{ fieldname: "from_date", label: __("From"), fieldtype: "Date", default: from, reqd: 1 },
		{
			fieldname: "to_date",
			label: __("To", null, "After-sales"),
			fieldtype: "Date",
			default: frappe.datetime.get_today(),
			reqd: 1,
		},
	];
};

// The company, and such a period.
aftersales.reports.period_filters = function (from) {
	return [aftersales.reports.company_filter(), ...aftersales.reports.dates(from)];
};
