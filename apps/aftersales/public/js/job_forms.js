// What the forms of visits, receipts and repair cards share. Loaded with them by `doctype_js`.
// Nothing is decided here: each button calls an action of the document, which checks for itself.
frappe.provide("aftersales.forms");

aftersales.forms.ERPNEXT_DOCUMENTS = [
	"Stock Entry",
	"Sales Invoice",
	"Delivery Note",
	"Journal Entry",
	"Payment Entry",
	"Quotation",
];

// A workflow made by the administrator brings its own buttons.
aftersales.forms.has_workflow = function (frm) {
	return Boolean(frappe.workflow.get_state_fieldname(frm.doctype));
};

// A button that would be refused is not shown. The server asks again.
aftersales.forms.may_write = (frm) => Boolean(frm.perm[0]?.write);
aftersales.forms.may_supervise = () => frappe.user.has_role(["Service Supervisor", "Service Manager"]);

// Opens the document that `method` drafts from this one, for who may make such documents.
aftersales.forms.add_create = function (frm, doctype, method, label) {
	if (!frappe.model.can_create(doctype)) return;
	aftersales.forms.add_button(
		frm,
		label || __(doctype),
		() => frappe.model.open_mapped_doc({ method, frm }),
		__("Create")
	);
};

// The statuses to which an active workflow lets this user move the document from where it is.
aftersales.forms.statuses_ahead = function (frm) {
	const rows = (table) => frappe.get_children(frappe.workflow.workflows[frm.doctype], table);
	const now = frm.doc[frappe.workflow.get_state_fieldname(frm.doctype)];
	const ahead = rows("transitions")
		.filter(({ state, allowed }) => state === now && frappe.user.has_role(allowed))
		.map(({ next_state }) => next_state);
	return rows("states")
		.filter(({ state }) => ahead.includes(state))
		.map(({ update_value }) => update_value);
};

// The screen stays frozen until the document is here again: a click in between would find no document.
// To Frappe it counts as saving: otherwise it takes the news of this change for somebody else's, and a second
// later loads the form anew over what the user has begun to type.
aftersales.forms.act = async function (frm, method, args) {
	await aftersales.forms.save_typed(frm);
	frappe.dom.freeze();
	frappe.ui.form.is_saving = true;
	try {
		await frm.call({ doc: frm.doc, method, args: args || {} });
		await frm.reload_doc();
	} finally {
		frappe.ui.form.is_saving = false;
		frappe.dom.unfreeze();
	}
};

// The next step takes the place of Submit: on a phone only that button shows.
aftersales.forms.next_step = function (frm, label, action) {
	if (!frappe.model.is_submittable(frm.doctype) || frm.is_dirty()) {
		aftersales.forms.add_button(frm, label, action).addClass("btn-primary");
		return;
	}
	aftersales.forms.set_primary_action(frm.page, label, action);
	frm.dashboard.clear_headline(); // "Submit this document to confirm" is not what comes next
};

aftersales.forms.ask = function (frm, { title, label, fields, method, action_label }) {
	const dialog = new frappe.ui.Dialog({
		title,
		fields,
		primary_action_label: action_label || label || __("Save"),
		primary_action: aftersales.forms.answer((values) => aftersales.forms.act(frm, method, values)),
	});
	dialog.show();
	return dialog;
};

aftersales.forms.set_job_queries = function (frm) {
	frm.set_query("repair_call", () => ({
		filters: {
			status: ["not in", ["Closed", "Cancelled"]],
			...(frm.doc.customer && { customer: frm.doc.customer }),
		},
	}));
	frm.set_query("equipment", () => ({
		filters: frm.doc.customer ? { customer: frm.doc.customer } : {},
	}));
	if (frm.fields_dict.service_category) {
		frm.set_query("service_category", () => ({ filters: { disabled: 0 } }));
	}
	if (!frm.fields_dict.parts) return;
	const of_company = () => ({ filters: { company: frm.doc.company, is_group: 0, disabled: 0 } });
	frm.set_query("warehouse", "parts", of_company);
	frm.set_query("item_code", "parts", () => ({ filters: { disabled: 0 } }));
	frm.set_query("batch_no", "parts", (doc, cdt, cdn) => ({
		filters: { item: frappe.get_doc(cdt, cdn).item_code },
	}));
	const active = () => ({ filters: { company: frm.doc.company, is_active: 1 } });
	frm.set_query("technician", "labour", active);
	if (frm.fields_dict.time_logs) frm.set_query("technician", "time_logs", active);
};

// What is left of a service contract, in the field `entitlement_html` of the form.
aftersales.forms.show_entitlement = async function (frm, contract) {
	const field = frm.get_field("entitlement_html");
	if (!field) return;
	if (!contract) return field.$wrapper.empty();
	const { message: left } = await frappe.call({
		method: "aftersales.service_contracts.contracts.entitlement_of",
		args: { service_contract: contract },
	});
	field.$wrapper.html(aftersales.forms.entitlement_html(left));
};

aftersales.forms.entitlement_html = function (left) {
	const day = (value) => frappe.datetime.str_to_user(value);
	const colors = { Active: "green", Upcoming: "blue", Expired: "red", Cancelled: "gray" };
	const visits =
		left.included === null
			? __("Visits: as many as needed")
			: __("Visits left: {0} of {1} ({2} to {3})", [
					`<strong>${left.left}</strong>`,
					left.included + left.carried,
					day(left.period_start),
					day(left.period_end),
			  ]);
	const lines = [
		`<span class="indicator-pill ${colors[left.status] || "gray"}">${__(left.status)}</span>
			${__("until {0}", [day(left.until)])}`,
		visits,
		left.carried ? __("{0} of them carried over", [left.carried]) : "",
		__("Pays labour {0} %, parts {1} %, travel {2} %", [
			left.shares.labour,
			left.shares.parts,
			left.shares.travel,
		]),
		left.excess
			? `${__("Excess: {0}", [format_currency(left.excess, left.currency)])} (${__(left.excess_per)})`
			: "",
		left.covered === null
			? ""
			: __("Paid for {0} jobs so far: {1}", [left.jobs, format_currency(left.covered, left.currency)]),
	];
	return `<div class="mb-3">${lines.filter(Boolean).join("<br>")}</div>`;
};

// The technician brings the cash of one receipt, or its money is in the books by a payment made in ERPNext.
aftersales.forms.add_receiving_buttons = function (frm) {
	const { name: voucher, company, currency } = frm.doc;
	const call = async (method, args, done) => {
		await frappe.call({ method, type: "POST", args: { voucher, ...args }, freeze: true });
		frappe.show_alert({ message: done, indicator: "green" });
		await frm.reload_doc();
	};
	const choose = (title, field, action_label, answer) =>
		new frappe.ui.Dialog({
			title,
			fields: [{ fieldtype: "Select", reqd: 1, ...field }],
			primary_action_label: action_label,
			primary_action: aftersales.forms.answer(answer),
		}).show();
	const receive = (values) =>
		call("aftersales.service_cash.cash.receive_cash", values, __("Payment booked"));
	const add = (label, action) => aftersales.forms.add_button(frm, label, action, __("Billing"));

	add(__("Receive Cash"), async () => {
		const { message: modes } = await frappe.call({
			method: "aftersales.service_cash.modes.cash_modes",
			args: { company, currency },
		});
		if ((modes || []).length < 2) return receive({}); // the server says what is missing
		choose(
			__("Receive Cash"),
			{ fieldname: "mode_of_payment", label: __("Mode of Payment"), options: modes },
			__("Receive Cash"),
			receive
		);
	});
	if (frm.doc.docstatus !== 1) return;
	add(__("Link Payment"), async () => {
		const { message: payments } = await frappe.call({
			method: "aftersales.service_cash.own_payments.payments_to_link",
			args: { voucher },
		});
		if (!payments?.length) {
			frappe.msgprint(
				__(
					"There is no Payment Entry of this customer and amount that books no other receipt. Receive the cash instead."
				)
			);
			return;
		}
		const options = payments.map((row) => ({
			value: row.name,
			label: [
				row.name,
				frappe.datetime.str_to_user(row.posting_date),
				row.mode_of_payment,
				row.reference_no,
				format_currency(row.paid_amount, row.currency),
			]
				.filter(Boolean)
				.join(" · "),
		}));
		choose(
			__("Link Payment"),
			{ fieldname: "payment_entry", label: __("Payment Entry"), options },
			__("Link Payment"),
			(values) =>
				call("aftersales.service_cash.own_payments.link_payment", values, __("Payment linked"))
		);
	});
};

// What the accountant does with a finished job: receive its cash, and make again what somebody took back.
aftersales.forms.add_billing_buttons = function (frm) {
	const { doc } = frm;
	const has_role = (...roles) => roles.some((role) => frappe.user.has_role(role));
	const receives = has_role("Service Accountant", "Service Manager");
	if (doc.docstatus > 0 && doc.cash_collected && !doc.payment_entry && receives) {
		aftersales.forms.add_receiving_buttons(frm);
	}
	if (doc.docstatus !== 1) return;
	const add = (label, method, args, done) =>
		aftersales.forms.add_button(
			frm,
			label,
			async () => {
				await frappe.call({ method, type: "POST", args, freeze: true });
				frappe.show_alert({ message: done, indicator: "green" });
				await frm.reload_doc();
			},
			__("Billing")
		);
	if (doc.billing_status === "Credited" && has_role("Service Accountant", "Service Manager")) {
		add(
			__("Bill Again"),
			"aftersales.service_billing.credits.bill_again",
			{ doctype: doc.doctype, name: doc.name },
			__("Draft invoice created")
		);
	}
	const not_billed = doc.billing_status === "To Bill" && !doc.sales_invoice;
	const not_issued = doc.parts.length && !doc.stock_entry && !doc.delivery_note;
	if (
		(not_billed || not_issued) &&
		has_role("Service Accountant", "Service Manager", "Service Supervisor")
	) {
		add(
			not_issued ? __("Create Missing Documents") : __("Invoice Now"),
			"aftersales.service_posting.posting.post_again",
			{ doctype: doc.doctype, name: doc.name },
			__("Everything this job needs is posted")
		);
	}
	aftersales.forms.add_part_return(frm);
};

// A part that was not used after all, or was credited, comes back into stock by a document of its own.
aftersales.forms.add_part_return = function (frm) {
	const { doc } = frm;
	const roles = [
		"Service Supervisor",
		"Service Manager",
		"Service Accountant",
		"Stock User",
		"Stock Manager",
	];
	const left = (doc.parts || []).some((line) => flt(line.qty) > flt(line.returned_qty));
	if (!doc.stock_entry || !left || !roles.some((role) => frappe.user.has_role(role))) return;
	aftersales.forms.add_menu_item(frm.page, __("Return Part to Stock"), async () => {
		const method = "aftersales.service_posting.part_returns";
		const lines = await frappe.xcall(`${method}.returnable`, { doctype: doc.doctype, name: doc.name });
		if (!lines.length) {
			frappe.msgprint(__("No part of this job can be returned to stock."));
			return;
		}
		const chosen = (dialog) => lines.find((line) => line.line === dialog.get_value("line"));
		const dialog = new frappe.ui.Dialog({
			title: __("Return Part to Stock"),
			fields: [
				{
					fieldname: "line",
					fieldtype: "Select",
					label: __("Part"),
					reqd: 1,
					options: lines.map((line) => ({
						value: line.line,
						label: line.item_name || line.item_code,
					})),
					default: lines[0].line,
					onchange: () => {
						const line = chosen(dialog);
						dialog.set_values({
							qty: line.left,
							serial_no: line.serials.join("\n"),
							warehouse: line.warehouse,
						});
					},
				},
				{
					fieldname: "qty",
					fieldtype: "Float",
					label: __("Quantity"),
					reqd: 1,
					default: lines[0].left,
				},
				{
					fieldname: "serial_no",
					fieldtype: "Small Text",
					label: __("Serial Numbers to Return"),
					default: lines[0].serials.join("\n"),
				},
				{
					fieldname: "warehouse",
					fieldtype: "Link",
					options: "Warehouse",
					label: __("Target Warehouse"),
					default: lines[0].warehouse,
					get_query: () => ({ filters: { company: doc.company, is_group: 0, disabled: 0 } }),
				},
				{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 },
			],
			primary_action_label: __("Return Part to Stock"),
			primary_action: aftersales.forms.answer(async (values) => {
				await frappe.call({
					method: `${method}.return_part`,
					type: "POST",
					args: { doctype: doc.doctype, name: doc.name, ...values },
					freeze: true,
				});
				await frm.reload_doc();
			}),
		});
		dialog.show();
	});
};
