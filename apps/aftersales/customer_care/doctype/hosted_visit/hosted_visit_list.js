frappe.listview_settings["Hosted Visit"] = {
	add_fields: ["status", "host"],
	get_indicator(doc) {
		if (doc.status === "Planned" && !doc.host)
			return [__("No Host"), "orange", "host,is,not set|status,=,Planned"];
		const colors = { Planned: "blue", Here: "yellow", Done: "green", Cancelled: "gray" };
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
