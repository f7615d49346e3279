frappe.listview_settings["Uncollected Product"] = {
	get_indicator: (doc) => {
		const colors = { Open: "orange", Collected: "green", Disposed: "gray" };
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
