frappe.listview_settings["Billing Run"] = {
	add_fields: ["status", "failed"],

	get_indicator(doc) {
		if (doc.status === "Done" && doc.failed) {
			return [__("Done, with failures"), "orange", "status,=,Done|failed,>,0"];
		}
		const colors = { Draft: "gray", Queued: "blue", Running: "blue", Done: "green", Stopped: "orange" };
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
