frappe.listview_settings["Collection Receipt"] = {
	add_fields: ["status"],
	has_indicator_for_draft: 1,
	has_indicator_for_cancelled: 1,

	get_indicator(doc) {
		const colors = {
			Draft: "gray",
			Issued: "orange",
			Recovered: "blue",
			Voided: "green",
			Cancelled: "red",
		};
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
