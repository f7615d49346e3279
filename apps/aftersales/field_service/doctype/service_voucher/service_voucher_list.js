frappe.listview_settings["Service Voucher"] = {
	add_fields: ["status", "billing_status", "planned_end", "outcome"],
	has_indicator_for_draft: 1,
	has_indicator_for_cancelled: 1,
	hide_name_column: false,

	get_indicator(doc) {
		const late =
			doc.status === "Dispatched" && doc.planned_end && doc.planned_end < frappe.datetime.now_datetime();
		if (late) {
			return [__("Late"), "red", `status,=,Dispatched|planned_end,<,${frappe.datetime.now_datetime()}`];
		}
		const colors = {
			Draft: "gray",
			Dispatched: "blue",
			"On Site": "orange",
			Completed: "green",
			Archived: "darkgrey",
			Cancelled: "red",
		};
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
