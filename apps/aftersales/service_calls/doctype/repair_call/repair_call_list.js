frappe.listview_settings["Repair Call"] = {
	add_fields: ["status", "hazard", "next_action_by", "is_repeat", "subject"],
	hide_name_column: true,

	formatters: {
		call_owner: (user) => aftersales.lists.user(user),
	},

	refresh: (listview) => void aftersales.lists.name_users(listview),

	// the hazard first, then what is late, then the plain status
	get_indicator(doc) {
		const over = ["Resolved", "Closed", "Cancelled"].includes(doc.status);
		if (doc.hazard && !over) {
			return [
				__("{0}: {1}", [__(doc.status), __(doc.hazard)]),
				"red",
				`hazard,=,${doc.hazard}|status,=,${doc.status}`,
			];
		}
		const now = frappe.datetime.now_datetime();
		if (!over && doc.next_action_by && doc.next_action_by < now) {
			return [
				__("{0}, late", [__(doc.status)]),
				"orange",
				`status,=,${doc.status}|next_action_by,<,${now}`,
			];
		}
		const colors = {
			Open: "blue",
			Triaged: "cyan",
			Scheduled: "purple",
			"In Progress": "yellow",
			"On Hold": "gray",
			Resolved: "green",
			Closed: "darkgrey",
			Cancelled: "gray",
		};
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},

	onload(listview) {
		const open = ["not in", "Resolved,Closed,Cancelled"];
		const filters = {
			[__("My Open Calls")]: { status: open, call_owner: frappe.session.user },
			[__("Late")]: { status: open, next_action_by: ["<", frappe.datetime.now_datetime()] },
			[__("Hazards")]: { status: open, hazard: ["is", "set"] },
		};
		for (const [label, conditions] of Object.entries(filters)) {
			aftersales.forms.add_page_button(
				listview.page,
				label,
				async () => {
					await listview.filter_area.clear();
					await listview.filter_area.add(
						Object.entries(conditions).map(([fieldname, condition]) => {
							const [operator, value] = Array.isArray(condition) ? condition : ["=", condition];
							return ["Repair Call", fieldname, operator, value];
						})
					);
				},
				__("Show")
			);
		}
	},
};
