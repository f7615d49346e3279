frappe.listview_settings["Technician Cash Handover"] = {
	add_fields: ["status", "difference"],
	get_indicator(doc) {
		const colors = { Draft: "red", Booked: "green", Cancelled: "gray" };
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
