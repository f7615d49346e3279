frappe.listview_settings["Delay Compensation"] = {
	add_fields: ["status"],
	has_indicator_for_draft: true,
	get_indicator(doc) {
		const colors = {
			Proposed: "orange",
			"Awaiting Invoice": "blue",
			Granted: "green",
			Declined: "gray",
			Cancelled: "red",
		};
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
