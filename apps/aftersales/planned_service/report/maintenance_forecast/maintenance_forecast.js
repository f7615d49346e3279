frappe.query_reports["Maintenance Forecast"] = {
	filters: [
		aftersales.reports.company_filter(),
		{ fieldname: "months", label: __("Months Ahead"), fieldtype: "Int", default: 3 },
		{
			fieldname: "plan",
			label: __("Plan", null, "After-sales"),
			fieldtype: "Link",
			options: "Maintenance Plan",
		},
		{
			fieldname: "show",
			label: __("Show"),
			fieldtype: "Select",
			options: [
				{ value: "Work", label: __("Work") },
				{ value: "Parts", label: __("Parts") },
			],
			default: "Work",
		},
	],

	onload(report) {
		if (!frappe.model.can_create("Material Request")) return;
		aftersales.forms.add_page_button(report.page, __("Request Parts"), () => {
			const dialog = new frappe.ui.Dialog({
				title: __("Request the Parts That Are Missing"),
				fields: [
					{
						fieldname: "until",
						fieldtype: "Date",
						label: __("For Services Due by"),
						default: frappe.datetime.add_months(frappe.datetime.get_today(), 3),
						reqd: 1,
					},
					{
						fieldname: "warehouse",
						fieldtype: "Link",
						options: "Warehouse",
						label: __("Warehouse"),
						reqd: 1,
						get_query: () => ({
							filters: { company: report.get_filter_value("company"), is_group: 0 },
						}),
					},
				],
				primary_action_label: __("Draft Material Request"),
				primary_action: aftersales.forms.answer(async (args) => {
					const name = await frappe.xcall(
						"aftersales.planned_service.forecast.propose_parts",
						{
							...args,
							company: report.get_filter_value("company"),
							plan: report.get_filter_value("plan"),
						},
						"POST"
					);
					if (name) frappe.set_route("Form", "Material Request", name);
					else frappe.show_alert({ message: __("No part is missing."), indicator: "green" });
				}),
			});
			dialog.show();
		});
	},

	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		return data && data.late ? `<span class="text-danger">${text}</span>` : text;
	},
};
