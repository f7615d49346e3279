frappe.query_reports["Service Key Figures"] = {
	filters: [
		...aftersales.reports.dates(frappe.datetime.add_months(frappe.datetime.month_start(), -11)),
		{
			fieldname: "group_by",
			label: __("Group by"),
			fieldtype: "Select",
			options: [
				"Month",
				"Request Type",
				"Zone",
				"Priority",
				"Service Category",
				"Channel",
				"Model",
				"Customer",
				"Company",
			],
			default: "Month",
			reqd: 1,
		},
		{
			fieldname: "chart",
			label: __("Chart"),
			fieldtype: "Select",
			default: "first_time_fix_rate",
			options: [
				{ value: "response_time", label: __("Response Time") },
				{ value: "time_to_arrive", label: __("Time to Arrive") },
				{ value: "resolution_time", label: __("Resolution Time") },
				{ value: "resolution_time_net", label: __("Resolution, Net of Holds") },
				{ value: "remote_resolution_rate", label: __("Solved by Phone") },
				{ value: "first_time_fix_rate", label: __("First-time Fix Rate") },
				{ value: "promise_kept_rate", label: __("Promise Kept") },
				{ value: "repeat_rate", label: __("Repeat Rate") },
				{ value: "turnaround_time", label: __("Workshop Turnaround") },
				{ value: "mean_repair_time", label: __("Mean Repair Time") },
				{ value: "mean_time_to_restore", label: __("Mean Time to Restore") },
				{ value: "sla_compliance", label: __("SLA Compliance") },
				{ value: "csat", label: __("CSAT") },
				{ value: "nps", label: __("NPS") },
				{ value: "cost_per_call", label: __("Cost per Call") },
			],
		},
		{
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
			default: frappe.defaults.get_user_default("Company"),
		},
		{
			fieldname: "request_type",
			label: __("Request Type"),
			fieldtype: "Link",
			options: "Service Request Type",
		},
		{ fieldname: "service_zone", label: __("Zone"), fieldtype: "Link", options: "Service Zone" },
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
		{ fieldname: "brand", label: __("Brand"), fieldtype: "Data" },
		{ fieldname: "model", label: __("Model"), fieldtype: "Data" },
	],

	// A figure of which there is nothing to divide by is not known; it is not zero.
	formatter(value, row, column, data, default_formatter) {
		const unknown = value === null || value === undefined || value === "";
		if (unknown && column.fieldname !== "value") {
			return `<div class="text-muted text-right">–</div>`;
		}
		return default_formatter(value, row, column, data);
	},
};
