frappe.query_reports["Van Replenishment"] = {
	filters: [
		{
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
			default: frappe.defaults.get_user_default("Company"),
		},
		{
			fieldname: "technician",
			label: __("Technician"),
			fieldtype: "Link",
			options: "Service Technician",
			get_query: () => ({ filters: { is_active: 1, van_warehouse: ["is", "set"] } }),
		},
		{ fieldname: "days", label: __("Used in the Last (days)"), fieldtype: "Int", default: 30 },
		{ fieldname: "all", label: __("Include Sufficient Stock"), fieldtype: "Check" },
	],

	onload(report) {
		const fill = (document) => async () => {
			const technicians = [
				...new Set((report.data || []).filter((row) => row.propose).map((row) => row.technician)),
			];
			if (!technicians.length) {
				frappe.show_alert({ message: __("All vans have enough stock."), indicator: "green" });
				return;
			}
			const made = await frappe.xcall(
				"aftersales.spare_parts.vans.fill_vans",
				{ technicians, document, days: report.get_filter_value("days") },
				"POST",
				{ freeze: true }
			);
			if (made.length) {
				frappe.msgprint({
					title: __("Drafted"),
					message: made
						.map(
							(row) =>
								`${frappe.utils.escape_html(row.technician)}: ${frappe.utils.get_form_link(
									row.doctype,
									row.name,
									true
								)}`
						)
						.join("<br>"),
					indicator: "green",
				});
			}
			report.refresh();
		};
		for (const [label, document] of [
			[__("Draft Transfers"), "Stock Entry"],
			[__("Draft Material Requests"), "Material Request"],
		]) {
			aftersales.forms.add_page_button(report.page, label, fill(document));
		}
	},

	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		if (!data) return text;
		if (column.fieldname === "propose" && data.propose) return `<strong>${text}</strong>`;
		if (column.fieldname === "short" && data.short) return `<span class="text-danger">${text}</span>`;
		return text;
	},
};
