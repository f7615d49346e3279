frappe.ui.form.on("Repair Card", {
	setup(frm) {
		frm.ignore_doctypes_on_cancel_all = aftersales.forms.ERPNEXT_DOCUMENTS;
		aftersales.forms.set_job_queries(frm);
		frm.set_query("collection_receipt", () => ({
			filters: {
				docstatus: 1,
				status: "Issued",
				...(frm.doc.customer && { customer: frm.doc.customer }),
			},
		}));
		frm.set_query("assigned_technician", () => ({
			filters: { is_active: 1, ...(frm.doc.company && { company: frm.doc.company }) },
		}));
		frm.set_query("warehouse", () => ({
			filters: { company: frm.doc.company, is_group: 0, disabled: 0 },
		}));
		frm.set_query("quotation", () => ({
			filters: { quotation_to: "Customer", party_name: frm.doc.customer, docstatus: ["<", 2] },
		}));
	},

	refresh(frm) {
		if (frm.is_new()) return;
		frm.trigger("add_next_step");
		frm.trigger("add_time_buttons");
		frm.trigger("add_estimate_buttons");
		frm.trigger("add_supply_buttons");
		frm.trigger("show_parts_at_hand");
		frm.trigger("add_vendor_button");
		aftersales.forms.add_parts_button(frm);
		aftersales.forms.add_billing_buttons(frm);
		aftersales.forms.show_entitlement(frm, frm.doc.service_contract);
	},

	// An action of a workflow takes no text with it: what has to be said beside the step keeps its button.
	add_said_steps(frm) {
		const { status, docstatus, verified_by } = frm.doc;
		if (docstatus !== 0) return;
		const steps = frm.events.steps(frm);
		if (status === "Awaiting Approval") {
			frm.add_custom_button(__("Record Approval"), steps.approve);
			frm.add_custom_button(__("Record Decline"), steps.decline);
		}
		if (status === "Quality Check" && !verified_by) {
			frm.add_custom_button(__("Record Check"), steps.verify);
		}
		if (["Received", "Diagnosing", "In Repair"].includes(status)) {
			frm.page.add_menu_item(__("Not Repairable"), steps.give_up);
		}
	},

	add_next_step(frm) {
		if (aftersales.forms.has_workflow(frm)) {
			frm.trigger("add_said_steps");
			return;
		}
		const { status, docstatus, verified_by } = frm.doc;
		const steps = frm.events.steps(frm);
		if (docstatus === 1) {
			if (status !== "Returned" && frm.perm[0].submit) {
				aftersales.forms.next_step(frm, __("Product Is Returned"), steps.hand_over);
			}
			return;
		}
		const [primary, ...others] = {
			Received: [[__("Start Diagnosis"), steps.start_diagnosis]],
			Diagnosing: [
				[__("Ask for Approval"), steps.await_approval],
				[__("Start Repair"), steps.start_repair],
			],
			"Awaiting Approval": [
				[__("Approved"), steps.approve],
				[__("Declined"), steps.decline],
			],
			Approved: [
				[__("Start Repair"), steps.start_repair],
				[__("Wait for Parts"), steps.await_parts],
			],
			"Awaiting Parts": [[__("Start Repair"), steps.start_repair]],
			"In Repair": [
				[__("To Quality Check"), steps.hand_to_check],
				[__("Wait for Parts"), steps.await_parts],
			],
			"Quality Check": verified_by
				? [
						...(frm.perm[0].submit ? [[__("Finish"), () => frm.savesubmit()]] : []),
						[__("Back to Repair"), steps.start_repair],
				  ]
				: [
						[__("Verify"), steps.verify],
						[__("Back to Repair"), steps.start_repair],
				  ],
		}[status] || [];
		if (primary) aftersales.forms.next_step(frm, ...primary);
		others.forEach(([label, action]) => frm.add_custom_button(label, action));
		if (!["Not Repairable", "Declined", "Cancelled"].includes(status)) {
			frm.page.add_menu_item(__("Not Repairable"), steps.give_up);
			frm.page.add_menu_item(__("Call Off Card"), steps.call_off);
		}
	},

	steps(frm) {
		const act = (method) => () => aftersales.forms.act(frm, method);
		const reason = (label) => [{ fieldname: "reason", fieldtype: "Small Text", label, reqd: 1 }];
		const ask = (options) => () => aftersales.forms.ask(frm, options);
		return {
			start_diagnosis: act("start_diagnosis"),
			await_approval: act("await_approval"),
			start_repair: act("start_repair"),
			await_parts: act("await_parts"),
			hand_to_check: act("hand_to_check"),
			hand_over: act("hand_over"),
			approve: () => frm.events.ask_for_approval(frm),
			decline: ask({
				title: __("The customer declines"),
				fields: reason(__("Reason")),
				method: "record_decline",
				action_label: __("Declined"),
			}),
			give_up: ask({
				title: __("Not Repairable"),
				fields: reason(__("Why not Repairable")),
				method: "give_up",
				action_label: __("Not Repairable"),
			}),
			call_off: ask({
				title: __("Call Off Card"),
				fields: reason(__("Reason")),
				method: "call_off",
				action_label: __("Call Off"),
			}),
			verify: ask({
				title: __("Verify Repair"),
				fields: [{ fieldname: "notes", fieldtype: "Small Text", label: __("Test and Check") }],
				method: "verify",
				action_label: __("Verified"),
			}),
		};
	},

	ask_for_approval(frm) {
		const channels = frm.fields_dict.approval_channel.df.options.split("\n").filter(Boolean);
		aftersales.forms.ask(frm, {
			title: __("The customer accepts"),
			fields: [
				{ fieldname: "approved_by", fieldtype: "Data", label: __("Who"), reqd: 1 },
				{
					fieldname: "channel",
					fieldtype: "Select",
					label: __("How"),
					options: channels,
					default: channels[0],
					reqd: 1,
				},
				{
					fieldname: "amount",
					fieldtype: "Currency",
					label: __("Net Amount ({0})", [frm.doc.currency]),
					default: frm.doc.estimated_amount,
					reqd: 1,
				},
			],
			method: "record_approval",
			action_label: __("Approved"),
		});
	},

	add_time_buttons(frm) {
		if (frm.doc.docstatus !== 0) return;
		const group = __("Time");
		const add = (label, method) =>
			frm.add_custom_button(label, () => aftersales.forms.act(frm, method), group);
		if (frm.doc.time_logs?.some((row) => !row.to_time)) add(__("Stop Work"), "stop_work");
		if (!["Awaiting Approval", "Not Repairable", "Declined", "Cancelled"].includes(frm.doc.status)) {
			add(__("Start Work"), "start_work");
		}
		if (frm.doc.time_logs?.some((row) => row.to_time)) add(__("Charge Time"), "charge_time");
	},

	add_estimate_buttons(frm) {
		if (frm.doc.docstatus !== 0) return;
		const group = __("Estimate");
		if (!frm.doc.quotation) {
			frm.add_custom_button(
				__("Make Quotation"),
				() => aftersales.forms.act(frm, "make_quotation"),
				group
			);
		}
		const asked = ["Awaiting Approval", "Approved", "Awaiting Parts", "In Repair", "Quality Check"];
		if (frm.doc.quotation && asked.includes(frm.doc.status)) {
			frm.add_custom_button(
				__("Quote Again"),
				() => aftersales.forms.act(frm, "quote_again"),
				group
			);
		}
		if (frm.doc.approval_status !== "Approved" && frm.doc.status !== "Awaiting Approval") {
			frm.add_custom_button(__("Record Approval"), () => frm.events.ask_for_approval(frm), group);
		}
	},

	add_vendor_button(frm) {
		const sending = ["Received", "Diagnosing", "Approved", "Awaiting Parts", "In Repair"];
		if (frm.doc.docstatus !== 0 || !sending.includes(frm.doc.status)) return;
		if (!frappe.model.can_create("Vendor Repair")) return;
		frm.add_custom_button(
			__("Vendor Repair"),
			() =>
				frappe.model.open_mapped_doc({
					method: "aftersales.repair_workshop.vendor_repairs.vendor_repair_from_card",
					frm,
				}),
			__("Create")
		);
	},

	add_supply_buttons(frm) {
		const { docstatus, status, parts } = frm.doc;
		if (docstatus !== 0 || !parts?.length) return;
		if (["Not Repairable", "Declined", "Cancelled"].includes(status)) return;
		const group = __("Parts");
		frm.add_custom_button(
			__("Set Aside"),
			() => aftersales.forms.act(frm, "set_parts_aside"),
			group
		);
		frm.add_custom_button(
			__("Request Missing Parts"),
			() =>
				aftersales.forms.ask(frm, {
					title: __("Request Missing Parts"),
					fields: [
						{
							fieldname: "required_by",
							fieldtype: "Date",
							label: __("Needed on"),
							default: frappe.datetime.get_today(),
							description: __(
								"What is there is set aside. For the rest a Material Request is made, and the card waits until it has come."
							),
						},
					],
					method: "request_parts",
					action_label: __("Request"),
				}),
			group
		);
	},

	// Which parts are promised to this card, free, short, on their way.
	async show_parts_at_hand(frm) {
		const field = frm.fields_dict.parts_html;
		field.$wrapper.empty();
		if (frm.doc.docstatus !== 0 || !frm.doc.parts?.length) return;
		const { message: rows } = await frm.call("parts_situation");
		if (!rows?.length) return;
		const escape = frappe.utils.escape_html;
		const amount = (value) => (value ? format_number(value, null, value % 1 ? 2 : 0) : "–");
		const state = (row) => {
			if (!row.missing && row.held >= row.qty) return ["green", __("Set aside")];
			if (!row.missing) return ["blue", __("There")];
			if (row.on_order >= row.missing) return ["orange", __("On order")];
			return ["red", __("Short by {0}", [amount(row.missing)])];
		};
		const lines = rows.map((row) => {
			const [color, label] = state(row);
			const choose = (item) =>
				`<a data-line="${escape(row.line)}" data-item="${escape(item)}">${escape(item)}</a>`;
			const others = row.substitutes.length
				? `<div class="text-muted small">${__("Use instead")}: ${row.substitutes.map(choose).join(", ")}</div>`
				: "";
			return `<tr>
				<td>${escape(row.item_name || row.item_code)}${others}</td>
				<td class="hidden-xs">${escape(row.warehouse)}</td>
				<td class="text-right">${amount(row.qty)}</td>
				<td class="text-right">${amount(row.held)}</td>
				<td class="text-right hidden-xs">${amount(row.free)}</td>
				<td class="text-right hidden-xs">${amount(row.on_order)}</td>
				<td class="text-nowrap"><span class="indicator-pill no-indicator-dot ${color}">${label}</span></td>
			</tr>`;
		});
		field.$wrapper.html(`<table class="table table-sm small">
			<thead class="text-muted"><tr>
				<td>${__("Part")}</td><td class="hidden-xs">${__("Warehouse")}</td>
				<td class="text-right">${__("Needed")}</td><td class="text-right">${__("Set Aside")}</td>
				<td class="text-right hidden-xs">${__("Free")}</td><td class="text-right hidden-xs">${__("On Order")}</td><td></td>
			</tr></thead>
			<tbody>${lines.join("")}</tbody></table>`);
		field.$wrapper.find("a[data-line]").on("click", (event) => {
			const { line, item } = event.currentTarget.dataset;
			aftersales.forms.act(frm, "use_substitute", { line, item_code: item });
		});
	},
});
