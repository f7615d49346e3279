frappe.listview_settings["Warranty Recovery Claim"] = {
	add_fields: ["status"],
	get_indicator(doc) {
		const colors = {
			Draft: "red",
			Sent: "blue",
			Answered: "orange",
			Rejected: "gray",
			Credited: "green",
			Cancelled: "gray",
		};
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
