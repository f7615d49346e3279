frappe.query_reports["Custody Register"] = {
	filters: [
		{ fieldname: "in_our_hands", label: __("In Our Custody"), fieldtype: "Check", default: 1 },
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company" },
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
		{ fieldname: "location", label: __("Location"), fieldtype: "Data" },
		{
			fieldname: "status",
			label: __("Receipt Status"),
			fieldtype: "Select",
			options: ["", "Issued", "Recovered", "Voided"],
		},
		{
			fieldname: "group_by",
			label: __("Group by"),
			fieldtype: "Select",
			options: ["", "Location", "Customer"],
		},
		{ fieldname: "older_than", label: __("Here for Days"), fieldtype: "Int" },
		{ fieldname: "from_date", label: __("Received from"), fieldtype: "Date" },
		{ fieldname: "to_date", label: __("Received to"), fieldtype: "Date" },
	],
	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		const late =
			column.fieldname === "promised_return" &&
			data?.status === "Issued" &&
			value &&
			value < frappe.datetime.now_datetime();
		return late ? `<span class="text-danger">${text}</span>` : text;
	},
};
