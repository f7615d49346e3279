frappe.query_reports["Effect of Corrective Actions"] = {
	filters: [
		{ fieldname: "on_date", label: __("As of"), fieldtype: "Date", default: frappe.datetime.get_today() },
	],

	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		if (column.fieldname !== "verdict_text" || !data) return text;
		return `<span class="indicator-pill ${data.color}">${text}</span>`;
	},
};
