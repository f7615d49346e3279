frappe.listview_settings["Technical Consultation"] = {
	add_fields: ["status"],
	get_indicator(doc) {
		const colors = { Asked: "orange", Answered: "green", Withdrawn: "gray" };
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
