frappe.listview_settings["Service Complaint"] = {
	add_fields: ["status", "severity", "safety"],
	hide_name_column: false,

	get_indicator(doc) {
		const colors = {
			Received: "red",
			Acknowledged: "orange",
			Assessed: "yellow",
			Investigating: "yellow",
			Answered: "blue",
			Closed: "green",
			Cancelled: "gray",
		};
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
