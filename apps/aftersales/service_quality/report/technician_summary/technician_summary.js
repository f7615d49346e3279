frappe.query_reports["Technician Summary"] = {
	filters: [
		...aftersales.reports.dates(),
		{
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
			default: frappe.defaults.get_user_default("Company"),
		},
		{ fieldname: "service_zone", label: __("Zone"), fieldtype: "Link", options: "Service Zone" },
	],

	formatter(value, row, column, data, default_formatter) {
		if (value === null && column.fieldtype === "Percent") {
			return `<div class="text-muted text-right">–</div>`;
		}
		const text = default_formatter(value, row, column, data);
		return column.fieldname === "expires" && data?.expires_soon
			? `<span class="text-danger">${text}</span>`
			: text;
	},
};
