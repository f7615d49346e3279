frappe.listview_settings["Service Checklist"] = {
	add_fields: ["status", "out_of_limits"],

	get_indicator(doc) {
		if (doc.out_of_limits) return [__("Out of Limits"), "red", "out_of_limits,>,0"];
		const color = doc.status === "Complete" ? "green" : "orange";
		return [__(doc.status), color, `status,=,${doc.status}`];
	},
};
