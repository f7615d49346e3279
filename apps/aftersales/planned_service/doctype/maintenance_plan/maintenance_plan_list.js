frappe.listview_settings["Maintenance Plan"] = {
	add_fields: ["enabled"],

	get_indicator(doc) {
		return doc.enabled
			? [__("Enabled"), "green", "enabled,=,1"]
			: [__("Disabled"), "gray", "enabled,=,0"];
	},

	onload(listview) {
		if (!frappe.user.has_role(["Service Supervisor", "Service Manager"])) return;
		aftersales.forms.add_page_button(listview.page, __("Take Over Maintenance Schedules"), async () => {
			const done = await frappe.xcall(
				"aftersales.planned_service.take_over.take_over_schedules",
				{},
				"POST",
				{ freeze: true }
			);
			const escape = frappe.utils.escape_html;
			const left_out = done.left_out.map(
				(row) => `<li>${escape(row.schedule)} (${row.row}): ${escape(row.reason)}</li>`
			);
			frappe.msgprint({
				title: __("Maintenance Schedules"),
				message: `<p>${__("{0} plans made.", [done.made])}</p><ul>${left_out.join("")}</ul>`,
			});
			listview.refresh();
		});
	},
};
