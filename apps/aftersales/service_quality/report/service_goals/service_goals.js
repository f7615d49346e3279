frappe.query_reports["Service Goals"] = {
	filters: [
		{ fieldname: "on_date", label: __("On"), fieldtype: "Date", default: frappe.datetime.get_today() },
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company" },
	],

	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		if (!data) return text;
		if (column.fieldname === "state_text") {
			return `<span class="indicator-pill ${data.color}">${text}</span>`;
		}
		if (column.fieldname === "trend_text" && data.trend) {
			const [arrow, color] = {
				Better: ["↗", "text-success"],
				Worse: ["↘", "text-danger"],
				Same: ["→", "text-muted"],
			}[data.trend];
			return `<span class="${color}">${arrow} ${text}</span>`;
		}
		return text;
	},
};
