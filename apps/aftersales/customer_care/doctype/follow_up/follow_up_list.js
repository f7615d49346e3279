frappe.listview_settings["Follow-up"] = {
	add_fields: ["status", "due_date"],
	hide_name_column: true,
	// what is to be done; who wants to see what was answered takes the filter away
	filters: [["status", "in", ["Planned", "Attempted"]]],

	onload(listview) {
		if (!frappe.model.can_write("Follow-up")) return;
		aftersales.forms.add_page_button(listview.page, __("Start Calling"), () =>
			aftersales.calling.start()
		);
		aftersales.forms.add_menu_item(listview.page, __("Call for Everybody"), () =>
			aftersales.calling.start(1)
		);
	},

	get_indicator(doc) {
		const waiting = ["Planned", "Attempted"].includes(doc.status);
		if (waiting && doc.due_date < frappe.datetime.get_today()) {
			return [
				__("{0}, overdue", [__(doc.status)]),
				"red",
				`status,=,${doc.status}|due_date,<,${frappe.datetime.get_today()}`,
			];
		}
		const colors = {
			Planned: "blue",
			Attempted: "yellow",
			Done: "green",
			Escalated: "orange",
			Cancelled: "gray",
		};
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
