frappe.listview_settings["Register Import"] = {
	get_indicator(doc) {
		const colours = {
			Draft: "gray",
			Checking: "blue",
			Checked: "blue",
			Queued: "yellow",
			Importing: "yellow",
			Stopped: "orange",
			Done: "green",
			Failed: "red",
		};
		return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
	},
};
