frappe.listview_settings["Service Contract"] = {
	add_fields: ["status", "end_date", "remind_on"],

	get_indicator(doc) {
		if (doc.status === "Active" && doc.remind_on && doc.remind_on <= frappe.datetime.get_today()) {
			return [__("Renew"), "orange", `status,=,Active|remind_on,<=,${frappe.datetime.get_today()}`];
		}
		const colors = {
			Draft: "red",
			Upcoming: "blue",
			Active: "green",
			Expired: "gray",
			Cancelled: "gray",
		};
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
