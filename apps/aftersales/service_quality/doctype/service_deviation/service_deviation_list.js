frappe.listview_settings["Service Deviation"] = {
	add_fields: ["status"],
	get_indicator(doc) {
		const colors = { Open: "red", Explained: "orange", Closed: "green" };
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
