frappe.listview_settings["Staff Monthly Record"] = {
	add_fields: ["confirmed_at", "leader_confirmed_at"],
	get_indicator(doc) {
		if (!doc.confirmed_at) return [__("Not Confirmed"), "orange", "confirmed_at,is,not set"];
		return doc.leader_confirmed_at
			? [__("Seen by the Leader"), "green", "leader_confirmed_at,is,set"]
			: [__("Confirmed"), "blue", "confirmed_at,is,set|leader_confirmed_at,is,not set"];
	},
};
