frappe.query_reports["Cash with Technicians"] = {
	filters: [
		aftersales.reports.company_filter(),
		aftersales.reports.day_filter(),
		{
			fieldname: "technician",
			label: __("Technician"),
			fieldtype: "Link",
			options: "Service Technician",
		},
		{ fieldname: "older_than", label: __("Days Out at least"), fieldtype: "Int" },
	],
	onload(report) {
		if (!frappe.model.can_create("Technician Cash Handover")) return;
		aftersales.forms.add_page_button(report.page, __("Hand Over"), () =>
			frappe.new_doc("Technician Cash Handover", {
				company: report.get_filter_value("company"),
				technician: report.get_filter_value("technician") || only_technician(report),
			})
		);
	},
	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		return column.fieldname === "age" && value > 1 ? `<span class="text-danger">${text}</span>` : text;
	},
};

function only_technician(report) {
	const names = new Set((report.data || []).map((row) => row.technician));
	return names.size === 1 ? [...names][0] : null;
}
