frappe.listview_settings["Subcontracted Visit"] = {
	get_indicator(doc) {
		const colors = {
			Draft: "gray",
			Offered: "orange",
			Accepted: "blue",
			Done: "green",
			Declined: "red",
			"No-Show": "red",
			Cancelled: "gray",
		};
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
