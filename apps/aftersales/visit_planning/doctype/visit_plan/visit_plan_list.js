frappe.listview_settings["Visit Plan"] = {
	get_indicator(doc) {
		const colours = {
			Draft: "gray",
			Queued: "blue",
			Planning: "blue",
			Proposed: "orange",
			Accepted: "green",
			Failed: "red",
		};
		return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
	},
};
