frappe.listview_settings["Damage Claim"] = {
	add_fields: ["status"],
	has_indicator_for_draft: true,
	get_indicator(doc) {
		const colors = { Draft: "orange", Settled: "green", Cancelled: "red" };
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
