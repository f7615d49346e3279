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

// Finds spare parts for a job by model, name or number, shows where they lie and what they cost, and adds
// those chosen as lines.
aftersales.forms.PartSearch = class PartSearch {
	// `take` gets the parts chosen (item_code, item_name, qty); without it they become lines of the form.
	constructor(frm, take) {
		this.frm = frm;
		this.take = take;
		this.chosen = new Map(); // item code → {item_name, qty}
		this.dialog = new frappe.ui.Dialog({
			title: __("Find Parts"),
			size: "large",
			fields: [
				{ fieldname: "text", fieldtype: "Data", label: __("Number, Name or Model") },
				{ fieldtype: "Column Break" },
				{
					fieldname: "fitting",
					fieldtype: "Check",
					label: __("Only Parts That Fit This Product"),
					default: 1,
				},
				{ fieldtype: "Section Break" },
				{ fieldname: "found", fieldtype: "HTML" },
			],
			primary_action_label: __("Add"),
			primary_action: () => this.add(),
		});
		this.$found = this.dialog.get_field("found").$wrapper;
		this.dialog.get_field("text").$input.on(
			"input",
			frappe.utils.debounce(() => this.search(), 300)
		);
		this.dialog.get_field("fitting").$input.on("change", () => this.search());
		this.$found.on("click", "[data-part]", (event) => this.change($(event.currentTarget)));
		this.dialog.show();
		this.search();
	}

	async search() {
		const asked = (this.asked = {});
		const found = await frappe.xcall("aftersales.spare_parts.part_search.find_for_job", {
			doctype: this.frm.doctype,
			name: this.frm.docname,
			text: this.dialog.get_value("text"),
			fitting: this.dialog.get_value("fitting") ? 1 : 0,
		});
		if (asked !== this.asked) return; // somebody typed on meanwhile
		this.found = found;
		this.show();
	}

	show() {
		const { found } = this;
		const product = [found.brand, found.model].filter(Boolean).join(" ");
		const note = product
			? found.only_fitting
				? __("For {0}", [product])
				: __("All parts; what fits {0} comes first", [product])
			: __("Nothing is known of the product's model: all parts");
		const rows = found.parts.map((part) => this.part_html(part)).join("");
		this.$found.html(`
			<p class="text-muted">${frappe.utils.escape_html(note)}</p>
			${rows || `<p>${__("No spare part found. Enter the models that a part fits in Spare Part.")}</p>`}
			${found.more ? `<p class="text-muted">${__("There are more: type another word.")}</p>` : ""}`);
		this.dialog.get_primary_btn().text(this.chosen.size ? __("Add {0}", [this.chosen.size]) : __("Add"));
	}

	part_html(part, instead_of) {
		const e = frappe.utils.escape_html;
		const qty = this.chosen.get(part.item_code)?.qty || 0;
		const number = (value) => frappe.format(value, { fieldtype: "Float", precision: 2 }, { inline: 1 });
		const stock = [
			[__("here"), part.here],
			[__("stores"), part.stores],
			[__("other vans"), part.vans],
		]
			.filter(([, value], i) => value || !i)
			.map(
				([label, value]) =>
					`<span class="${value > 0 ? "" : "text-danger"}">${label} <strong>${number(
						value
					)}</strong></span>`
			);
		const facts = [
			part.fits && `<span class="text-success">${__("fits")}</span>`,
			...stock,
			part.rate != null &&
				frappe.format(
					part.rate,
					{ fieldtype: "Currency", options: "currency" },
					{ inline: 1 },
					{ currency: this.found.currency }
				),
			part.fitting_minutes && __("{0} min to fit", [part.fitting_minutes]),
			part.core_return && __("old part comes back"),
			part.supply_guaranteed_until &&
				`<span class="${part.out_of_supply ? "text-danger" : ""}">${__("supply until {0}", [
					frappe.datetime.str_to_user(part.supply_guaranteed_until),
				])}</span>`,
			part.notes && e(part.notes),
		];
		const substitutes = (part.substitutes || [])
			.map((row) => this.part_html(row, part.item_code))
			.join("");
		return `
			<div style="display: flex; gap: 12px; align-items: center; padding: 8px 0 8px ${
				instead_of ? 24 : 0
			}px; border-top: 1px solid var(--border-color)">
				<div style="flex: 1; min-width: 0; overflow-wrap: anywhere">
					${instead_of ? `<div class="text-muted small">${__("instead of {0}", [e(instead_of)])}</div>` : ""}
					<strong>${e(part.item_code)}</strong> ${e(part.item_name || "")}
					<div class="small" style="display: flex; flex-wrap: wrap; column-gap: 12px">${facts
						.filter(Boolean)
						.map((fact) => `<span>${fact}</span>`)
						.join("")}</div>
				</div>
				<div style="display: flex; gap: 8px; align-items: center; flex: none"
					data-name="${e(part.item_name || "")}">
					${qty ? this.button_html(part, -1, "−") + `<strong>${qty}</strong>` : ""}
					${this.button_html(part, 1, "+")}
				</div>
			</div>${substitutes}`;
	}

	button_html(part, change, sign) {
		const e = frappe.utils.escape_html;
		return `<button class="btn btn-default" style="min-width: 40px" data-part="${e(
			part.item_code
		)}" data-change="${change}" aria-label="${e(part.item_code)} ${sign}">${sign}</button>`;
	}

	change($button) {
		const item_code = $button.attr("data-part");
		const chosen = this.chosen.get(item_code) || {
			item_name: $button.parent().attr("data-name"),
			qty: 0,
		};
		chosen.qty += Number($button.attr("data-change"));
		if (chosen.qty > 0) this.chosen.set(item_code, chosen);
		else this.chosen.delete(item_code);
		this.show();
	}

	add() {
		if (this.take) {
			this.take([...this.chosen].map(([item_code, part]) => ({ item_code, ...part })));
			this.dialog.hide();
			return;
		}
		this.chosen.forEach(({ item_name, qty }, item_code) =>
			this.frm.add_child("parts", { item_code, item_name, qty })
		);
		this.frm.refresh_field("parts");
		if (this.chosen.size) this.frm.dirty();
		this.dialog.hide();
	}
};

aftersales.forms.add_parts_button = function (frm, group) {
	if (frm.doc.docstatus === 0 && !frm.is_new() && frm.doc.status !== "Cancelled" && frm.perm[0].write) {
		aftersales.forms.add_button(frm, __("Find Parts"), () => new aftersales.forms.PartSearch(frm), group);
	}
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
