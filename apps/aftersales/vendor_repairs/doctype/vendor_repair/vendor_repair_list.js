frappe.listview_settings["Vendor Repair"] = {
	add_fields: ["status", "expected_back"],
	has_indicator_for_draft: 1,
	has_indicator_for_cancelled: 1,

	get_indicator(doc) {
		const today = frappe.datetime.get_today();
		if (doc.status === "Sent" && doc.expected_back && doc.expected_back < today) {
			return [__("Late"), "red", `status,=,Sent|expected_back,<,${today}`];
		}
		const colors = { Draft: "gray", Sent: "orange", Back: "green", Cancelled: "red" };
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
