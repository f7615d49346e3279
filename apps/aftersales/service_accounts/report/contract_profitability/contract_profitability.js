frappe.query_reports["Contract Profitability"] = {
	filters: [
		...aftersales.reports.period_filters(),
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
	],
	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		return column.fieldname === "margin" && data?.margin < 0
			? `<span class="text-danger">${text}</span>`
			: text;
	},
};
