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
		const field = data.status === "To Bill" ? "billing_status" : "status";
		const list = `/app/${frappe.router.slug(data.document)}?${field}=${encodeURIComponent(data.status)}`;
		return `<a href="${list}">${text}</a>`;
	},
};
