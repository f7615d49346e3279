frappe.listview_settings["Product Exchange"] = {
	get_indicator(doc) {
		const colour = { Draft: "red", Done: "green", Cancelled: "gray" }[doc.status];
		return [__(doc.status), colour, `status,=,${doc.status}`];
	},
};
