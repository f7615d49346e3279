frappe.listview_settings["Service Deviation"] = {
	hide_name_column: true,
	add_fields: ["status"],
	formatters: {
		responsible: (user) => aftersales.lists.user(user),
	},
	refresh: (listview) => void aftersales.lists.name_users(listview),
	get_indicator(doc) {
		const colors = { Open: "red", Explained: "orange", Closed: "green" };
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
