frappe.query_reports["Service Goals"] = {
	filters: [
		{ fieldname: "on_date", label: __("On"), fieldtype: "Date", default: frappe.datetime.get_today() },
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company" },
	],

	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		if (!data) return text;
		if (column.fieldname === "value_text" && data.value !== null) {
			const args = { from_date: data.first, to_date: data.last };
			for (const field of ["company", "request_type", "brand", "model"]) {
				if (data[field]) args[field] = data[field];
			}
			if (data.report === "Job Profitability") {
				args.group_by = data.model ? "Model" : "Request Type";
			}
			const address = frappe.router.make_url(["query-report", data.report]);
			return `<a href="${address}?${new URLSearchParams(args)}">${text}</a>`;
		}
		if (column.fieldname === "deviations" && value) {
			const list = frappe.router.make_url(["service-deviation"]);
			return `<a href="${list}?goal=${encodeURIComponent(data.name)}&status=Open">${text}</a>`;
		}
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
