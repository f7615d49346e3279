frappe.listview_settings["Loaner Issue"] = {
	add_fields: ["status", "due_back"],
	has_indicator_for_draft: 1,
	has_indicator_for_cancelled: 1,

	get_indicator(doc) {
		if (doc.status === "Issued" && doc.due_back && doc.due_back < frappe.datetime.get_today()) {
			return [__("Overdue"), "red", `status,=,Issued|due_back,<,${frappe.datetime.get_today()}`];
		}
		const colors = { Draft: "gray", Issued: "orange", Returned: "green", Lost: "red", Cancelled: "red" };
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
