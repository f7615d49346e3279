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
		const has_workflow = aftersales.forms.has_workflow(frm);
		if (has_workflow) frm.trigger("add_said_steps");
		if (aftersales.forms.may_write(frm)) {
			if (!has_workflow) frm.trigger("add_next_step");
			frm.trigger("add_time_buttons");
			frm.trigger("add_estimate_buttons");
			frm.trigger("add_supply_buttons");
		}
		frm.trigger("show_parts_at_hand");
		frm.trigger("add_vendor_button");
		aftersales.forms.add_parts_button(frm, __("Parts"));
		aftersales.forms.add_billing_buttons(frm);
		aftersales.forms.show_entitlement(frm, frm.doc.service_contract);
	},

	// An action of a workflow takes no text with it: what has to be said beside the step keeps its button, for
	// whoever may take the step.
	add_said_steps(frm) {
		if (frm.doc.docstatus !== 0 || !frappe.model.can_write(frm.doctype)) return;
		const steps = frm.events.steps(frm);
		const ahead = aftersales.forms.statuses_ahead(frm);
		if (ahead.includes("Approved") && frm.doc.approval_status !== "Approved") {
			aftersales.forms.add_button(frm, __("Record Approval"), steps.approve);
		}
		if (ahead.includes("Declined")) {
			aftersales.forms.add_button(frm, __("Record Decline"), steps.decline);
		}
		if (ahead.includes("Ready") && !frm.doc.verified_by && aftersales.forms.may_supervise()) {
			aftersales.forms.add_button(frm, __("Record Check"), steps.verify);
		}
		if (ahead.includes("Not Repairable")) {
			aftersales.forms.add_menu_item(frm.page, __("Not Repairable"), steps.give_up);
		}
	},

	add_next_step(frm) {
		const { status, docstatus, verified_by } = frm.doc;
		const free = frm.doc.__onload?.cleared; // the customer has accepted, or pays nothing
		const steps = frm.events.steps(frm);
		if (docstatus === 1) {
			if (status !== "Returned" && frm.perm[0].submit) {
				// With the receipt still out the customer signs for the product here
				const hand_over = frm.doc.__onload?.receipt_is_out ? steps.hand_back : steps.hand_over;
				aftersales.forms.next_step(frm, __("Hand Back to Customer"), hand_over);
			}
			return;
		}
		const [primary, ...others] =
			{
				Received: free
					? [
							[__("Start Diagnosis"), steps.start_diagnosis],
							[__("Start Repair"), steps.start_repair],
					  ]
					: [
							[__("Start Diagnosis"), steps.start_diagnosis],
							[__("Approved"), steps.approve],
					  ],
				Diagnosing: free
					? [
							[__("Start Repair"), steps.start_repair],
							[__("Ask for Approval"), steps.await_approval],
					  ]
					: [
							[__("Ask for Approval"), steps.await_approval],
							[__("Approved"), steps.approve],
							[__("Start Repair"), steps.start_repair],
					  ],
				"Awaiting Approval": [
					[__("Approved"), steps.approve],
					[__("Declined"), steps.decline],
				],
				Approved: [
					[__("Start Repair"), steps.start_repair],
					[__("Wait for Parts"), steps.await_parts, __("Parts")],
				],
				"Awaiting Parts": [[__("Start Repair"), steps.start_repair]],
				"In Repair": [
					[__("To Quality Check"), steps.hand_to_check],
					[__("Wait for Parts"), steps.await_parts, __("Parts")],
				],
				"Quality Check": verified_by
					? [
							...(frm.perm[0].submit
								? [
										[
											__("Finish", null, "After-sales"),
											() =>
												aftersales.forms.submit(
													frm,
													__(
														"Finish this repair? Parts leave stock and the invoice is prepared."
													)
												),
										],
								  ]
								: []),
							[__("Back to Repair"), steps.start_repair],
					  ]
					: [
							...(aftersales.forms.may_supervise() && frm.perm[0].submit
								? [[__("Verify and Finish"), steps.verify_and_finish]]
								: []),
							...(aftersales.forms.may_supervise()
								? [[__("Verify", null, "After-sales"), steps.verify]]
								: []),
							[__("Back to Repair"), steps.start_repair],
					  ],
			}[status] || [];
		if (primary) aftersales.forms.next_step(frm, ...primary);
		others.forEach((button) => aftersales.forms.add_button(frm, ...button));
		if (!["Not Repairable", "Declined", "Cancelled"].includes(status)) {
			aftersales.forms.add_menu_item(frm.page, __("Not Repairable"), steps.give_up);
			aftersales.forms.add_menu_item(frm.page, __("Cancel Card"), steps.call_off);
		}
	},

	steps(frm) {
		const act = (method) => () => aftersales.forms.act(frm, method);
		const reason = (label) => [{ fieldname: "reason", fieldtype: "Small Text", label, reqd: 1 }];
		const ask = (options) => () => aftersales.forms.ask(frm, options);
		return {
			start_diagnosis: act("start_diagnosis"),
			await_approval: async () => {
				await aftersales.forms.act(frm, "await_approval");
				aftersales.repair_steps.say_who_is_told(frm);
			},
			start_repair: act("start_repair"),
			await_parts: act("await_parts"),
			hand_to_check: () => aftersales.repair_steps.hand_to_check(frm),
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
				fields: reason(__("Reason Not Repairable")),
				method: "give_up",
				action_label: __("Not Repairable"),
			}),
			call_off: ask({
				title: __("Cancel Card"),
				fields: reason(__("Reason")),
				method: "call_off",
				action_label: __("Cancel Card"),
			}),
			verify: ask({
				title: __("Verify Repair"),
				fields: aftersales.repair_steps.check_fields(frm),
				method: "verify",
				action_label: __("Verified", null, "After-sales"),
			}),
			verify_and_finish: () =>
				aftersales.repair_steps.ask_quick(frm, "verify_and_finish", {
					title: __("Verify and Finish"),
					fields: aftersales.repair_steps.check_fields(frm),
					label: __("Verify and Finish"),
				}),
			hand_back: () =>
				aftersales.repair_steps.ask_quick(frm, "hand_back", {
					title: __("Hand Back to Customer"),
					fields: [
						{
							fieldname: "signed_by",
							fieldtype: "Data",
							label: __("Taken by"),
							reqd: 1,
							default: frm.doc.customer_name || frm.doc.customer,
						},
						{ fieldname: "signature", fieldtype: "Signature", label: __("Signature"), reqd: 1 },
						{
							fieldname: "notes",
							fieldtype: "Small Text",
							label: __("Notes"),
							description: __(
								"All accessories go back. Where one stays here, record the return on the receipt."
							),
						},
					],
					label: __("Hand Back to Customer"),
				}),
		};
	},

	ask_for_approval(frm) {
		// the customer's own pages store their decisions themselves
		const own = ["Portal", "Signed Link"];
		const channels = frm.fields_dict.approval_channel.df.options
			.split("\n")
			.filter((channel) => channel && !own.includes(channel));
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
		const { docstatus, status, time_logs } = frm.doc;
		if (docstatus !== 0) return;
		const add = (label, action) => aftersales.forms.add_button(frm, label, action, __("Time"));
		const act = (method, args) => () => aftersales.forms.act(frm, method, args);
		const own = frm.doc.__onload?.own_technicians || [];
		const running = (time_logs || []).filter((row) => !row.to_time).map((row) => row.technician);
		if (running.some((name) => own.includes(name))) add(__("Stop Work"), act("stop_work"));
		const open = !["Awaiting Approval", "Not Repairable", "Declined", "Cancelled"].includes(status);
		if (open && own.length) add(__("Start Work"), act("start_work"));
		if (aftersales.forms.may_supervise()) {
			if (open) add(__("Start Work of …"), () => frm.events.ask_whose_work(frm));
			running
				.filter((name) => !own.includes(name))
				.forEach((technician) =>
					add(
						__("Stop Work of {0}", [frappe.utils.escape_html(technician)]),
						act("stop_work", { technician })
					)
				);
		}
		if (time_logs?.some((row) => row.to_time)) add(__("Charge Time"), act("charge_time"));
	},

	ask_whose_work(frm) {
		aftersales.forms.ask(frm, {
			title: __("Start Work"),
			fields: [
				{
					fieldname: "technician",
					fieldtype: "Link",
					options: "Service Technician",
					label: __("Technician"),
					default: frm.doc.assigned_technician,
					get_query: () => ({ filters: { company: frm.doc.company, is_active: 1 } }),
					reqd: 1,
				},
			],
			method: "start_work",
			action_label: __("Start Work"),
		});
	},

	add_estimate_buttons(frm) {
		if (frm.doc.docstatus !== 0) return;
		const group = __("Estimate");
		if (!frm.doc.quotation) {
			aftersales.forms.add_button(
				frm,
				__("Make Quotation"),
				async () => {
					await aftersales.forms.act(frm, "make_quotation");
					frappe.show_alert({
						message: __("Draft quotation {0}", [
							frappe.utils.get_form_link("Quotation", frm.doc.quotation, true),
						]),
						indicator: "green",
					});
				},
				group
			);
		}
		const asked = ["Awaiting Approval", "Approved", "Awaiting Parts", "In Repair", "Quality Check"];
		if (frm.doc.quotation && asked.includes(frm.doc.status)) {
			aftersales.forms.add_button(
				frm,
				__("Quote Again"),
				() => aftersales.forms.act(frm, "quote_again"),
				group
			);
		}
		const { approval_status, status } = frm.doc;
		if (
			approval_status !== "Approved" &&
			status !== "Awaiting Approval" &&
			!aftersales.forms.has_workflow(frm)
		) {
			aftersales.forms.add_button(
				frm,
				__("Record Approval"),
				() => frm.events.ask_for_approval(frm),
				group
			);
		}
	},

	add_vendor_button(frm) {
		const sending = ["Received", "Diagnosing", "Approved", "Awaiting Parts", "In Repair"];
		if (frm.doc.docstatus !== 0 || !sending.includes(frm.doc.status)) return;
		if (!frappe.model.can_create("Vendor Repair")) return;
		aftersales.forms.add_button(
			frm,
			__("Vendor Repair"),
			() =>
				frappe.model.open_mapped_doc({
					method: "aftersales.vendor_repairs.vendor_repairs.vendor_repair_from_card",
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
		aftersales.forms.add_button(
			frm,
			__("Reserve Parts", null, "Keep parts for this job"),
			() => aftersales.forms.act(frm, "set_parts_aside"),
			group
		);
		aftersales.forms.add_button(
			frm,
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
								"Parts in stock are reserved. A Material Request is created for the rest, and the card waits for their receipt."
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
		const card = frm.docname;
		const rows = await frappe.xcall("aftersales.repair_workshop.parts_supply.parts_at_hand", { card });
		if (!rows.length || frm.docname !== card) return;
		const escape = frappe.utils.escape_html;
		const amount = (value) => (value ? format_number(value, null, value % 1 ? 2 : 0) : "–");
		const state = (row) => {
			if (!row.missing && row.held >= row.qty) return ["green", __("Reserved")];
			if (!row.missing) return ["blue", __("There")];
			if (row.on_order >= row.missing) return ["orange", __("On order")];
			return ["red", __("Short by {0}", [amount(row.missing)])];
		};
		const lines = rows.map((row) => {
			const [color, label] = state(row);
			const choose = (item) =>
				!aftersales.forms.may_write(frm)
					? escape(item)
					: `<a data-line="${escape(row.line)}" data-item="${escape(item)}">${escape(item)}</a>`;
			const others = row.substitutes.length
				? `<div class="text-muted small">${__("Use instead")}: ${row.substitutes
						.map(choose)
						.join(", ")}</div>`
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
				<td class="text-right">${__("Needed")}</td><td class="text-right">${__("Reserved")}</td>
				<td class="text-right hidden-xs">${__("Free")}</td><td class="text-right hidden-xs">${__(
			"On Order"
		)}</td><td></td>
			</tr></thead>
			<tbody>${lines.join("")}</tbody></table>`);
		field.$wrapper.find("a[data-line]").on("click", (event) => {
			const { line, item } = event.currentTarget.dataset;
			aftersales.forms.act(frm, "use_substitute", { line, item_code: item });
		});
	},
});
