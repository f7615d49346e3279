frappe.query_reports["Due Next"] = {
	filters: [
		{
			fieldname: "reference_doctype",
			label: __("Document Type"),
			fieldtype: "Select",
			options: [
				"",
				"Repair Call",
				"Service Voucher",
				"Collection Receipt",
				"Repair Card",
				"Follow-up",
				"Service Complaint",
			],
		},
		{ fieldname: "measure", label: __("What is Measured"), fieldtype: "Data" },
		{
			fieldname: "state",
			label: __("State", null, "After-sales"),
			fieldtype: "Select",
			options: ["", "Running", "Paused", "Overdue"],
		},
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company" },
		{ fieldname: "within_hours", label: __("Within Hours"), fieldtype: "Int" },
	],
	formatter(value, row, column, data, default_formatter) {
		if (column.fieldname === "left" && data) {
			const minutes = 60 * Math.max(1, Math.round(Math.abs(value) / 60));
			const text = default_formatter(minutes, row, column, data);
			return value < 0 ? `<span class="text-danger">−${text}</span>` : text;
		}
		const text = default_formatter(value, row, column, data);
		return data && column.fieldname === "state" && data.state === "Overdue"
			? `<span class="text-danger">${text}</span>`
			: text;
	},
};
