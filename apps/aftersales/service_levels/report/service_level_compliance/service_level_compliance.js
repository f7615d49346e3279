frappe.query_reports["Service Level Compliance"] = {
	filters: [
		{
			fieldname: "from_date",
			label: __("From"),
			fieldtype: "Date",
			default: frappe.datetime.add_months(frappe.datetime.get_today(), -1),
			reqd: 1,
		},
		{
			fieldname: "to_date",
			label: __("To"),
			fieldtype: "Date",
			default: frappe.datetime.get_today(),
			reqd: 1,
		},
		{
			fieldname: "group_by",
			label: __("Group by"),
			fieldtype: "Select",
			options: [
				"Target",
				"What is Measured",
				"Month",
				"Assigned to",
				"Zone",
				"Customer",
				"Document Type",
			],
			default: "Target",
			reqd: 1,
		},
		{ fieldname: "measure", label: __("What is Measured"), fieldtype: "Data" },
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company" },
		{
			fieldname: "reference_doctype",
			label: __("Document Type"),
			fieldtype: "Select",
			options: ["", "Repair Call", "Service Voucher", "Collection Receipt", "Repair Card", "Follow-up"],
		},
	],
};
