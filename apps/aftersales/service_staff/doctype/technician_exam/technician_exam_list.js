frappe.listview_settings["Technician Exam"] = {
	add_fields: ["result"],
	get_indicator(doc) {
		if (!doc.result) return;
		return [__(doc.result), doc.result === "Passed" ? "green" : "red", `result,=,${doc.result}`];
	},
};
