frappe.listview_settings["Service Campaign"] = {
	add_fields: ["status"],
	get_indicator(doc) {
		const colors = { Draft: "gray", Running: "orange", Closed: "green" };
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
