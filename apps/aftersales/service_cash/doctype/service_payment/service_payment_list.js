frappe.listview_settings["Service Payment"] = {
	get_indicator: (doc) => {
		const colors = {
			Received: "blue",
			"Partly Allocated": "orange",
			Allocated: "green",
			Refunded: "gray",
		};
		return [__(doc.status), colors[doc.status] || "gray", `status,=,${doc.status}`];
	},
};
