frappe.listview_settings["Campaign Product"] = {
	add_fields: ["status"],
	hide_name_column: true,
	get_indicator(doc) {
		const colors = { Open: "blue", Called: "orange", Done: "green", "Not Possible": "gray" };
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
