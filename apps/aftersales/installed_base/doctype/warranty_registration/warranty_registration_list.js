frappe.listview_settings["Warranty Registration"] = {
	add_fields: ["status"],
	get_indicator(doc) {
		const colors = { Received: "orange", Confirmed: "green", Refused: "gray" };
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
