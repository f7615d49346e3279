frappe.query_reports["Open in ERPNext"] = {
	filters: [
		{
			fieldname: "source",
			label: __("Source"),
			fieldtype: "Select",
			options: ["Issue", "Warranty Claim", "Maintenance Schedule"].map((value) => ({
				value,
				label: __(value),
			})),
			default: "Issue",
			reqd: 1,
		},
	],

	onload(report) {
		aftersales.forms.add_menu_item(report.page, __("Take Over"), () => take_over(report));
	},
};

function take_over(report) {
	const ready = (report.data || []).filter((row) => !row.problem).slice(0, 200);
	if (!ready.length) return frappe.msgprint(__("No open document can be taken over."));
	const source = report.get_filter_value("source");
	aftersales.forms.confirm(
		__("Make {0} Repair Calls? Issues and Warranty Claims are closed and name their call.", [
			ready.length,
		]),
		async () => {
			const { made, left } = await frappe.xcall(
				"aftersales.service_desk.take_over.taking.take_over",
				{ source, keys: ready.map((row) => row.key) },
				"POST"
			);
			const lines = left.map((line) => `<li>${line}</li>`).join("");
			frappe.msgprint({
				title: __("{0} Repair Calls made", [made.length]),
				message: lines ? `<ul>${lines}</ul>` : __("Nothing was left."),
			});
			report.refresh();
		}
	);
}
