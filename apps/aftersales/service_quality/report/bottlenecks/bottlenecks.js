frappe.query_reports["Bottlenecks"] = {
	filters: [
		{
			fieldname: "from_date",
			label: __("From"),
			fieldtype: "Date",
			reqd: 1,
			default: frappe.datetime.add_days(frappe.datetime.get_today(), -30),
		},
		{
			fieldname: "to_date",
			label: __("To", null, "After-sales"),
			fieldtype: "Date",
			reqd: 1,
			default: frappe.datetime.get_today(),
		},
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company" },
		{
			fieldname: "group_by",
			label: __("By"),
			fieldtype: "Select",
			default: "Department",
			options: [
				{ value: "Department", label: __("Department") },
				{ value: "Person", label: __("Person") },
			],
		},
	],

	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		if (column.fieldname !== "direction" || !data) return text;
		return `<span class="indicator-pill ${data.color}">${text}</span>`;
	},
};
