frappe.query_reports["Service Standards"] = {
	filters: [
		{
			fieldname: "from_date",
			label: __("From"),
			fieldtype: "Date",
			reqd: 1,
			default: frappe.datetime.quarter_start(),
		},
		{
			fieldname: "to_date",
			label: __("To", null, "After-sales"),
			fieldtype: "Date",
			reqd: 1,
			default: frappe.datetime.get_today(),
		},
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company" },
		{ fieldname: "standard_set", label: __("Set", null, "After-sales"), fieldtype: "Data" },
	],

	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		if (!data) return text;
		const filters = frappe.query_report.get_filter_values();
		const period = [filters.from_date, filters.to_date];
		if (["share", "value"].includes(column.fieldname) && value !== null && value !== undefined) {
			return `<span class="indicator-pill ${data.color}">${text}</span>`;
		}
		if (["deviations", "unexplained"].includes(column.fieldname) && value) {
			const status = column.fieldname === "unexplained" ? "&status=Open" : "";
			const days = encodeURIComponent(JSON.stringify(["between", period]));
			const standard = encodeURIComponent(data.name);
			const list = frappe.router.make_url(["service-deviation"]);
			return `<a href="${list}?standard=${standard}${status}&missed_at=${days}">${text}</a>`;
		}
		if (["cases", "kept", "missed"].includes(column.fieldname) && value && data.targets.length) {
			const targets = encodeURIComponent(JSON.stringify(["in", data.targets]));
			const states = {
				cases: ["Met", "Missed", "Overdue"],
				kept: ["Met"],
				missed: ["Missed", "Overdue"],
			}[column.fieldname];
			const state = encodeURIComponent(JSON.stringify(["in", states]));
			const list = frappe.router.make_url(["service-clock"]);
			return `<a href="${list}?target=${targets}&state=${state}">${text}</a>`;
		}
		return text;
	},
};
