frappe.query_reports["Mails without a Call"] = {
	filters: [{ fieldname: "from_date", label: __("Received since"), fieldtype: "Date" }],

	onload(report) {
		// One handler for all rows: the grid makes its cells anew while it is scrolled
		report.page.main.on("click", "[data-mail-action]", (event) => {
			const { mailAction, row } = event.currentTarget.dataset;
			const mail = report.data.find((each) => each.name === row);
			if (mail) mail_actions[mailAction](report, mail);
		});
	},

	formatter(value, row, column, data, default_formatter) {
		if (column.fieldname !== "action" || !data) return default_formatter(value, row, column, data);
		const button = (action, label) =>
			`<button class="btn btn-xs btn-default" data-mail-action="${action}"
				data-row="${frappe.utils.escape_html(data.name)}">${label}</button>`;
		return [
			button("open", __("Open Call")),
			button("put", __("Add to Call")),
			button("dismiss", __("No Call")),
		].join(" ");
	},
};

const mail_actions = {
	open: (report, mail) =>
		ask(report, {
			title: __("Open Call"),
			field: {
				fieldname: "customer",
				fieldtype: "Link",
				options: "Customer",
				label: __("Customer"),
				reqd: 1,
				default: mail.possible.length === 1 ? mail.possible[0] : undefined,
				get_query: () => (mail.possible.length ? { filters: { name: ["in", mail.possible] } } : {}),
			},
			call: ({ customer }) => place("open_call", { communication: mail.name, customer }),
		}),
	put: (report, mail) =>
		ask(report, {
			title: __("Add to Call"),
			field: {
				fieldname: "call",
				fieldtype: "Link",
				options: "Repair Call",
				label: __("Repair Call"),
				reqd: 1,
			},
			call: ({ call }) => place("put_on_call", { communication: mail.name, call }),
		}),
	dismiss: async (report, mail) => {
		await place("set_aside", { communication: mail.name });
		report.refresh();
	},
};

function place(method, args) {
	return frappe.xcall(`aftersales.service_desk.mail.unplaced.${method}`, args, "POST");
}

function ask(report, { title, field, call }) {
	const dialog = new frappe.ui.Dialog({
		title,
		fields: [field],
		primary_action_label: title,
		primary_action: aftersales.forms.answer(async (values) => {
			const name = await call(values);
			frappe.show_alert({
				message: frappe.utils.get_form_link("Repair Call", name, true),
				indicator: "green",
			});
			report.refresh();
		}),
	});
	dialog.show();
}
