frappe.listview_settings["Core Return"] = {
	get_indicator(doc) {
		const colors = {
			Draft: "red",
			Sent: "orange",
			Answered: "blue",
			Rejected: "gray",
			Credited: "green",
			Cancelled: "gray",
		};
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
