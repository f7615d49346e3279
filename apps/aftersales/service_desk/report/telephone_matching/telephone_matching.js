frappe.query_reports["Telephone Matching"] = {
	filters: [
		...aftersales.reports.dates(frappe.datetime.add_days(frappe.datetime.get_today(), -7)),
		{
			fieldname: "show",
			label: __("Show"),
			fieldtype: "Select",
			default: "Call Logs without a Call",
			options: [
				{ value: "Call Logs without a Call", label: __("Call Logs without a Call") },
				{ value: "Calls without a Call Log", label: __("Calls without a Call Log") },
			],
		},
	],

	onload(report) {
		report.page.main.on("click", "[data-log-action]", (event) => {
			const { logAction, log } = event.currentTarget.dataset;
			const row = report.data.find((each) => each.log === log);
			if (row) call_log_actions[logAction](report, row);
		});
	},

	formatter(value, row, column, data, default_formatter) {
		if (!data?.log) return default_formatter(value, row, column, data);
		const escape = frappe.utils.escape_html;
		if (
			column.fieldname === "recording_url" &&
			/^(https?:\/\/|\/(private\/)?files\/)/.test(value || "")
		) {
			return `<audio controls preload="none" style="height:24px" src="${escape(value)}"></audio>`;
		}
		if (column.fieldname !== "action") return default_formatter(value, row, column, data);
		const button = (action, label) =>
			`<button class="btn btn-xs btn-default" data-log-action="${action}"
				data-log="${escape(data.log)}">${label}</button>`;
		return [
			button("put", __("Add to Call")),
			button("take", __("New Call")),
			button("none", __("No Call")),
		].join(" ");
	},
};

const CALL_LOGS = "aftersales.service_desk.telephone.call_logs";
const call_log_actions = {
	put(report, row) {
		const dialog = new frappe.ui.Dialog({
			title: __("Add to Call"),
			fields: [
				{
					fieldname: "call",
					fieldtype: "Link",
					options: "Repair Call",
					label: __("Repair Call"),
					reqd: 1,
					default: row.possible.length === 1 ? row.possible[0] : undefined,
					get_query: () => (row.possible.length ? { filters: { name: ["in", row.possible] } } : {}),
				},
			],
			primary_action_label: __("Add to Call"),
			primary_action: aftersales.forms.answer(async ({ call }) => {
				await frappe.xcall(`${CALL_LOGS}.put_on_call`, { log: row.log, call }, "POST");
				report.refresh();
			}),
		});
		dialog.show();
	},
	take(report, row) {
		frappe.route_options = { call_log: row.log };
		frappe.set_route("phone-desk");
	},
	async none(report, row) {
		await frappe.xcall(`${CALL_LOGS}.set_aside`, { log: row.log }, "POST");
		report.refresh();
	},
};
