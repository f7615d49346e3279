// The set-up assistant: what a new site needs before its first job. The server looks at the site; this page shows
// what it finds and opens the dialog that does a step.
frappe.pages["setup-assistant"].on_page_load = function (wrapper) {
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("Set-up Assistant"),
		single_column: true,
	});
	wrapper.assistant = new aftersales.SetupAssistant(page);
};

frappe.pages["setup-assistant"].on_page_show = (wrapper) => wrapper.assistant?.load();

frappe.provide("aftersales");

aftersales.SetupAssistant = class SetupAssistant {
	METHOD = "aftersales.setup.assistant.";
	COLORS = { Done: "green", "To Do": "orange", Optional: "gray" };

	constructor(page) {
		this.page = page;
		this.escape = frappe.utils.escape_html;
		this.$body = $('<div class="setup-assistant"></div>').appendTo(page.main);
		aftersales.forms.add_menu_item(page, __("Settings"), () =>
			frappe.set_route("Form", "Aftersales Settings")
		);
		this.$body.on("click", "[data-action]", (event) => this.act(event.currentTarget.dataset.action));
		this.$body.on("click", "[data-route]", (event) => {
			event.preventDefault();
			frappe.set_route(event.currentTarget.dataset.route.split("/"));
		});
		this.$body.on("change", "[data-workflow]", (event) =>
			this.call("switch_workflow", {
				name: event.currentTarget.dataset.workflow,
				on: event.currentTarget.checked ? 1 : 0,
			})
		);
	}

	async load() {
		this.state = await frappe.xcall(`${this.METHOD}load`);
		const { steps, checks, done, needed } = this.state;
		const share = needed ? Math.round((100 * done) / needed) : 100;
		this.$body.html(`
			<p>${
				done === needed
					? __("Everything that the first job needs is there.")
					: __("{0} of {1} steps are done.", [done, needed])
			}</p>
			<div class="sa-progress" role="progressbar" aria-label="${__("Steps done")}" aria-valuenow="${share}"
				aria-valuemin="0" aria-valuemax="100"><div style="width: ${share}%"></div></div>
			${steps.map((step) => this.step_html(step)).join("")}
			<h2>${__("First job")}</h2>
			<div class="sa-buttons">
				<button class="btn btn-primary btn-sm" data-route="phone-desk">${__("Register a Call")}</button>
				<button class="btn btn-default btn-sm" data-route="dispatch-board">${__("Dispatch Board")}</button>
				<button class="btn btn-default btn-sm" data-route="workshop-board">${__("Workshop Board")}</button>
				<button class="btn btn-default btn-sm" data-route="billing-desk">${__("Billing Desk")}</button>
			</div>
			${this.sample_html()}
			<h2>${__("Checks of the site")}</h2>
			${checks.map((check) => this.check_html(check)).join("")}`);
	}

	step_html({ key, title, state, text, action, label, routes, rows }) {
		const e = this.escape;
		const buttons = [
			action &&
				label &&
				`<button class="btn btn-sm ${
					state === "To Do" ? "btn-primary" : "btn-default"
				}" data-action="${e(action)}">${e(label)}</button>`,
			key === "messages" &&
				`<button class="btn btn-default btn-sm" data-action="test_mail">${__(
					"Send Test Message"
				)}</button>`,
			...routes.map(
				([name, route]) =>
					`<button class="btn btn-default btn-sm" data-route="${e(route)}">${e(name)}</button>`
			),
		];
		const listed = rows.map((row) =>
			row.name
				? `<label><input type="checkbox" data-workflow="${e(row.name)}" ${
						row.value ? "checked" : ""
				  }>${e(row.label)}</label>`
				: `<span>${e(row.label)}: <strong>${row.value}</strong></span>`
		);
		return `
			<section class="sa-step" data-step="${e(key)}" data-state="${e(state)}">
				<div class="sa-what">
					<span class="sa-title">${e(title)}</span>
					<span class="indicator-pill no-indicator-dot ${this.COLORS[state]}">${e(__(state))}</span>
					<div class="text-muted">${e(text)}</div>
					${listed.length ? `<div class="sa-rows">${listed.join("")}</div>` : ""}
				</div>
				<div class="sa-buttons">${buttons.filter(Boolean).join("")}</div>
			</section>`;
	}

	sample_html() {
		if (!frappe.user.has_role("System Manager")) return "";
		const { sample } = this.state;
		return `<h2>${__("Sample company")}</h2>
			<p class="text-muted">${
				sample
					? __(
							"The sample company is there: calls, visits and products in the workshop to try things with. Removing it deletes everything of that company."
					  )
					: __(
							"A company of its own with customers, technicians, calls and visits, to try things with. It touches nothing of yours, and is removed by the same button."
					  )
			}</p>
			<div class="sa-buttons"><button class="btn btn-default btn-sm" data-action="sample">${
				sample ? __("Remove Sample Company") : __("Create Sample Company")
			}</button></div>`;
	}

	check_html({ title, state, what_to_do }) {
		const e = this.escape;
		const color = { Good: "green", Warning: "orange", Wrong: "red" }[state];
		return `<div class="mb-2"><span class="indicator ${color}">${e(title)}: ${e(__(state))}</span>
			<div class="text-muted small">${e(what_to_do)}</div></div>`;
	}

	async call(method, args, message) {
		try {
			const answer = await frappe.xcall(this.METHOD + method, args, "POST", { freeze: true });
			if (message) frappe.show_alert({ message: message(answer), indicator: "green" });
		} finally {
			await this.load();
		}
	}

	act(action) {
		if (this[action]) return this[action]();
		const { on } = this.state.steps.find((step) => step.action === action);
		return this.call("switch", { setting: action, on: on ? 0 : 1 });
	}

	dialog(title, fields, method, label) {
		const dialog = new frappe.ui.Dialog({
			title,
			fields,
			primary_action_label: label,
			primary_action: aftersales.forms.answer((values) => this.call(method, values)),
		});
		dialog.show();
		return dialog;
	}

	roles() {
		const what = {
			"Service Agent": __("answers calls and plans visits"),
			"Service Supervisor": __("dispatches, verifies repairs, decides exceptions"),
			"Service Technician": __("makes visits"),
			"Workshop Technician": __("repairs in the workshop"),
			"Service Accountant": __("bills and reconciles"),
			"Service Manager": __("sets up and may do everything"),
			"Product Specialist": __("keeps what is known of products"),
		};
		this.dialog(
			__("Give Roles"),
			[
				{
					fieldname: "user",
					fieldtype: "Link",
					options: "User",
					label: __("User"),
					reqd: 1,
					default: frappe.session.user === "Administrator" ? "" : frappe.session.user,
				},
				{
					fieldname: "roles",
					fieldtype: "MultiCheck",
					label: __("Roles"),
					options: this.state.roles.map((role) => ({
						value: role,
						label: `${__(role)}: ${what[role]}`,
						checked: 1,
					})),
				},
			],
			"give_roles",
			__("Give Roles")
		);
	}

	labour() {
		const money = (fieldname, label, reqd) => ({
			fieldname,
			fieldtype: "Float",
			precision: 2,
			label,
			reqd,
		});
		this.dialog(
			__("Price of labour"),
			[
				money("rate", __("Price of an Hour of Work"), 1),
				money("travel_rate", __("Price of an Hour of Travel"), 0),
			],
			"set_labour_price",
			__("Set Price")
		);
	}

	technician() {
		this.dialog(
			__("Add Technician"),
			[
				{
					fieldname: "technician_name",
					fieldtype: "Data",
					label: __("Name"),
					reqd: 1,
					default: frappe.session.user === "Administrator" ? "" : frappe.session.user_fullname,
				},
				{
					fieldname: "user",
					fieldtype: "Link",
					options: "User",
					label: __("User"),
					default: frappe.session.user === "Administrator" ? "" : frappe.session.user,
				},
				{
					fieldname: "item_group",
					fieldtype: "Link",
					options: "Item Group",
					label: __("Repairs Products of"),
					description: __("Leave empty for all product groups."),
				},
				{
					fieldname: "service_zone",
					fieldtype: "Link",
					options: "Service Zone",
					label: __("Service Zone"),
				},
				{
					fieldname: "with_van",
					fieldtype: "Check",
					label: __("Create a warehouse for the parts in the van"),
					default: 1,
				},
			],
			"add_technician",
			__("Add Technician")
		);
	}

	sample() {
		const { sample } = this.state;
		const run = async () => {
			try {
				await frappe.xcall(`aftersales.setup.sample.${sample ? "remove" : "create"}`, {}, "POST", {
					freeze: true,
					freeze_message: __("This takes about a minute"),
				});
			} finally {
				await this.load();
			}
		};
		if (!sample) return run();
		aftersales.forms.confirm(__("Delete the sample company and everything in it?"), run);
	}

	test_mail() {
		return this.call("send_test_mail", {}, (address) =>
			__("Queued for {0}. See Email Queue if it does not arrive.", [this.escape(address)])
		);
	}
};
