frappe.query_reports["Service Revenue Reconciliation"] = {
	filters: [
		...aftersales.reports.period_filters(),
		{
			fieldname: "job_type",
			label: __("Job Type"),
			fieldtype: "Select",
			options: ["", "Service Voucher", "Repair Card", "Service Contract"],
		},
	],

	formatter(value, row, column, data, default_formatter) {
		if (column.fieldname !== "correction" || !data || !value) {
			return default_formatter(value, row, column, data);
		}
		const index = frappe.query_report.data.indexOf(data);
		return `<button class="btn btn-xs btn-default" data-correct="${index}">${__(value)}</button>`;
	},

	onload(report) {
		report.page.wrapper.on("click", "[data-correct]", (event) =>
			correct(report, report.data[cint(event.currentTarget.dataset.correct)])
		);
	},
};

async function correct(report, row) {
	if (row.correction === "Hand Over") {
		frappe.new_doc("Technician Cash Handover", {
			technician: row.technician,
			company: report.get_filter_value("company"),
		});
		return;
	}
	if (row.correction === "Open Document") {
		frappe.set_route("Form", row.document_type || row.job_type, row.document || row.job);
		return;
	}
	await frappe.call({
		method: "aftersales.service_accounts.reconciliation.correct",
		type: "POST",
		args: { reason: row.reason_code, job_type: row.job_type, job: row.job },
		freeze: true,
	});
	frappe.show_alert({ message: __("{0} is corrected", [row.job]), indicator: "green" });
	report.refresh();
}
