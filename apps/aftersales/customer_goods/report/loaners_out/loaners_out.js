frappe.query_reports["Loaners Out"] = {
	filters: [
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company" },
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
		{ fieldname: "item_code", label: __("Loaner"), fieldtype: "Link", options: "Item" },
		{ fieldname: "overdue", label: __("Overdue Only"), fieldtype: "Check" },
	],
	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		return column.fieldname === "days_overdue" && value > 0
			? `<span class="text-danger">${text}</span>`
			: text;
	},
};
