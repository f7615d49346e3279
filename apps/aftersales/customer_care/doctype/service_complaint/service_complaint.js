// Offers the next stage of a complaint; the server decides what a stage asks for.
frappe.ui.form.on("Service Complaint", {
	setup(frm) {
		const of_customer = () => ({ filters: frm.doc.customer ? { customer: frm.doc.customer } : {} });
		for (const fieldname of ["repair_call", "service_voucher", "repair_card", "equipment"]) {
			frm.set_query(fieldname, of_customer);
		}
		const desk_users = () => ({ filters: { enabled: 1, user_type: "System User" } });
		frm.set_query("call_owner", desk_users);
		frm.set_query("responsible", "measures", desk_users);
	},

	refresh(frm) {
		frm.dashboard.clear_headline();
		frm.trigger("show_state");
		if (frm.is_new() || aftersales.forms.has_workflow(frm)) return;
		frm.trigger("add_next_step");
		frm.trigger("add_menu");
	},

	show_state(frm) {
		const { doc } = frm;
		if (doc.safety && !["Closed", "Cancelled"].includes(doc.status)) {
			frm.set_intro(__("Safety is concerned: see to the danger first, then to the complaint."), "red");
		}
		if (doc.status === "Answered") {
			const reply = doc.customer_accepts
				? __("The customer's reply: {0}", [__(doc.customer_accepts)])
				: __("Answered; the customer has not said yet whether the answer is accepted.");
			frm.set_intro(reply, "blue");
		}
		const open = (doc.measures || []).filter((row) => !row.done_on).length;
		if (open && !["Closed", "Cancelled"].includes(doc.status)) {
			frm.set_intro(__("Measures still to be done: {0}", [open]), "orange");
		}
	},

	add_next_step(frm) {
		const act = (method, args) => aftersales.forms.act(frm, method, args);
		const next = {
			Received: [__("Acknowledge"), () => act("acknowledge")],
			Acknowledged: [__("Assess"), () => frm.trigger("ask_assessment")],
			Assessed: [__("Answer"), () => frm.trigger("ask_answer")],
			Investigating: [__("Answer"), () => frm.trigger("ask_answer")],
			Answered: [__("Close"), () => frm.trigger("ask_closing")],
		}[frm.doc.status];
		if (next) aftersales.forms.next_step(frm, ...next);
		if (frm.doc.status === "Assessed") {
			aftersales.forms.add_button(frm, __("Investigate"), () => act("investigate"));
		}
	},

	add_menu(frm) {
		if (["Answered", "Closed", "Cancelled"].includes(frm.doc.status)) {
			aftersales.forms.add_menu_item(frm.page, __("Reopen"), () => frm.trigger("ask_reason_to_reopen"));
			return;
		}
		aftersales.forms.add_menu_item(frm.page, __("Cancel Complaint"), () =>
			aftersales.forms.ask(frm, {
				title: __("Cancel Complaint"),
				fields: [
					{
						fieldname: "reason",
						fieldtype: "Small Text",
						label: __("Why is it no complaint?"),
						reqd: 1,
					},
				],
				method: "cancel_complaint",
			})
		);
	},

	ask_assessment(frm) {
		aftersales.forms.ask(frm, {
			title: __("Assess the Complaint"),
			fields: [
				{
					fieldname: "severity",
					fieldtype: "Select",
					label: __("Severity"),
					options: ["", "Low", "Medium", "High"],
					default: frm.doc.severity,
					reqd: 1,
				},
				{
					fieldname: "safety",
					fieldtype: "Check",
					label: __("Safety is Concerned"),
					default: frm.doc.safety,
				},
				{
					fieldname: "assessment",
					fieldtype: "Small Text",
					label: __("Can it be settled at once, or has it to be looked into?"),
					default: frm.doc.assessment,
				},
			],
			method: "assess",
		});
	},

	ask_answer(frm) {
		const dialog = aftersales.forms.ask(frm, {
			title: __("Answer to the Customer"),
			fields: [
				{
					fieldname: "justified",
					fieldtype: "Select",
					label: __("Is the complaint justified?"),
					options: ["", "Yes", "Partly", "No"],
					default: frm.doc.justified,
					reqd: 1,
				},
				{
					fieldname: "answer",
					fieldtype: "Text Editor",
					label: __("What the customer is told"),
					default: frm.doc.answer,
					reqd: 1,
				},
			],
			method: "respond",
			action_label: __("Answer"),
		});
		dialog.$wrapper.find(".modal-dialog").addClass("modal-lg");
	},

	ask_closing(frm) {
		aftersales.forms.ask(frm, {
			title: __("Close the Complaint"),
			fields: [
				{
					fieldname: "customer_accepts",
					fieldtype: "Select",
					label: __("Does the customer accept the answer?"),
					options: ["", "Yes", "No", "No Reply"],
					default: frm.doc.customer_accepts,
					reqd: 1,
				},
				{
					fieldname: "closing_note",
					fieldtype: "Small Text",
					label: __("Closing Note"),
					description: __("What was offered nevertheless, and where else the customer can turn"),
					depends_on: "eval:['No', 'No Reply'].includes(doc.customer_accepts)",
					mandatory_depends_on: "eval:['No', 'No Reply'].includes(doc.customer_accepts)",
				},
			],
			method: "close",
		});
	},

	ask_reason_to_reopen(frm) {
		aftersales.forms.ask(frm, {
			title: __("Reopen the Complaint"),
			fields: [{ fieldname: "reason", fieldtype: "Small Text", label: __("Why?"), reqd: 1 }],
			method: "reopen",
		});
	},
});
