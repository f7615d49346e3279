frappe.query_reports["Spare Part Stock"] = {
	filters: [
		aftersales.reports.company_filter(),
		{ fieldname: "brand", label: __("Brand"), fieldtype: "Data" },
		{ fieldname: "model", label: __("Fits Model"), fieldtype: "Data" },
		{ fieldname: "text", label: __("Number, Name or Model"), fieldtype: "Data" },
		{ fieldname: "in_stock", label: __("Only Parts in Stock"), fieldtype: "Check" },
	],
	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		const places = ["total", "stores"];
		if (!data || (!places.includes(column.fieldname) && !column.fieldname.startsWith("van_")))
			return text;
		return value ? text : '<span class="text-muted">–</span>';
	},
};
