frappe.query_reports["Unbilled Work"] = {
	filters: [
		aftersales.reports.company_filter(),
		aftersales.reports.day_filter(),
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
		{ fieldname: "with_credited", label: __("Credited Jobs Too"), fieldtype: "Check" },
	],
	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		return column.fieldname === "age" && value > 0 ? `<span class="text-danger">${text}</span>` : text;
	},
};
