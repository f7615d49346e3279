frappe.query_reports["Service Level Compliance"] = {
	filters: [
		...aftersales.reports.dates(aftersales.reports.a_year_ago()),
		{
			fieldname: "group_by",
			label: __("Group by"),
			fieldtype: "Select",
			options: [
				"Target",
				"What is Measured",
				"Month",
				"Call Owner",
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
	],
};
