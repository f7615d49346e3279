frappe.listview_settings["Spare Part"] = {
	add_fields: ["disabled"],

	get_indicator(doc) {
		return doc.disabled
			? [__("Disabled"), "gray", "disabled,=,1"]
			: [__("Enabled"), "blue", "disabled,=,0"];
	},
};
