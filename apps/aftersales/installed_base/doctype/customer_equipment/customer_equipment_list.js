frappe.listview_settings["Customer Equipment"] = {
	hide_name_column: true,
	add_fields: ["status", "warranty_until"],

	get_indicator(doc) {
		const colors = { "In Use": "green", "Out of Service": "orange", Returned: "gray", Scrapped: "gray" };
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
