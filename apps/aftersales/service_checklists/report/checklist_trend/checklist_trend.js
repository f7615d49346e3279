frappe.query_reports["Checklist Trend"] = {
	filters: [
		{
			fieldname: "equipment",
			label: __("Product", null, "After-sales"),
			fieldtype: "Link",
			options: "Customer Equipment",
			reqd: 1,
		},
		{ fieldname: "question", label: __("Question"), fieldtype: "Data" },
	],

	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		return data && data.state === "Out of Limits" ? `<span class="text-danger">${text}</span>` : text;
	},
};
