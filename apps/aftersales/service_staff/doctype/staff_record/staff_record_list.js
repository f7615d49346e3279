frappe.listview_settings["Staff Record"] = {
	add_fields: ["kind"],
	get_indicator(doc) {
		const colors = {
			Commendation: "green",
			Training: "blue",
			"Technical Exchange": "blue",
			Retraining: "orange",
			Warning: "orange",
			Penalty: "red",
			Dismissal: "red",
		};
		return [__(doc.kind), colors[doc.kind] || "gray", `kind,=,${doc.kind}`];
	},
};
