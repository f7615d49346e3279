frappe.listview_settings["Service Article"] = {
	hide_name_column: true,
	get_indicator(doc) {
		const colors = { Draft: "orange", Reviewed: "green", Retired: "gray" };
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
