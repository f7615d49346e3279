frappe.query_reports["Work by Stage"] = {
	filters: [
		{
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
			default: frappe.defaults.get_user_default("Company"),
		},
	],

	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		if (!data) return text;
		if (column.fieldname === "late" && data.late) return `<span class="text-danger">${text}</span>`;
		if (column.fieldname !== "stage" || !data.document) return text;
		// the documents that were counted, and no others
		const counted = new URLSearchParams();
		counted.set(data.status === "To Bill" ? "billing_status" : "status", data.status);
		if (data.status === "To Bill") counted.set("docstatus", 1);
		const company = frappe.query_report.get_filter_value("company");
		if (company) counted.set("company", company);
		if (data.document === "Follow-up") {
			counted.set("due_date", JSON.stringify(["<=", frappe.datetime.get_today()]));
		}
		const list = `${frappe.router.make_url([frappe.router.slug(data.document)])}?${counted}`;
		return `<a href="${list}">${text}</a>`;
	},
};
