frappe.listview_settings["Planned Service"] = {
	add_fields: ["status", "due_on"],
	hide_name_column: true,

	get_indicator(doc) {
		const late = doc.status !== "Done" && doc.due_on && doc.due_on < frappe.datetime.get_today();
		if (["Planned", "Called"].includes(doc.status) && late) {
			return [__("Overdue"), "red", `status,=,${doc.status}|due_on,<,Today`];
		}
		const colors = { Planned: "blue", Called: "orange", Done: "green", Skipped: "gray" };
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
