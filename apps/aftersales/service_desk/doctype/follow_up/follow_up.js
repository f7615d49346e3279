// Offers what can be done with a follow-up; the server decides what an answer means.
frappe.ui.form.on("Follow-up", {
	setup(frm) {
		frm.set_query("repair_call", () => ({
			filters: { status: "Closed", ...(frm.doc.customer && { customer: frm.doc.customer }) },
		}));
		frm.set_query("equipment", () => ({
			filters: frm.doc.customer ? { customer: frm.doc.customer } : {},
		}));
		frm.set_query("assigned_to", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	},

	refresh(frm) {
		frm.dashboard.clear_headline();
		frm.trigger("show_result");
		if (frm.is_new() || aftersales.forms.has_workflow(frm)) return;
		if (!["Planned", "Attempted"].includes(frm.doc.status)) return;
		aftersales.forms.next_step(frm, __("Record Answer"), () => frm.trigger("ask_customer"));
		frm.add_custom_button(__("Not Reached"), () => frm.trigger("ask_next_attempt"));
		frm.page.add_menu_item(__("Cancel Follow-up"), () =>
			frappe.confirm(__("The customer will not be asked. Go on?"), () =>
				aftersales.forms.act(frm, "cancel_follow_up")
			)
		);
	},

	show_result(frm) {
		if (frm.doc.not_reached) {
			frm.set_intro(__("Given up after {0} attempts. The customer can still answer.", [frm.doc.attempts]));
		}
		if (frm.doc.new_repair_call) {
			frm.set_intro(
				__("The answer opened {0}", [
					frappe.utils.get_form_link("Repair Call", frm.doc.new_repair_call, true),
				]),
				"red"
			);
		}
	},

	ask_next_attempt(frm) {
		aftersales.forms.ask(frm, {
			title: __("Not Reached"),
			fields: [
				{
					fieldname: "next_attempt_at",
					fieldtype: "Datetime",
					label: __("Try again at"),
					description: __("Empty: as the settings say"),
				},
			],
			method: "record_attempt",
		});
	},

	ask_customer(frm) {
		const from_form = (fieldname) => {
			const { fieldtype, label, options } = frm.get_docfield(fieldname);
			return { fieldname, fieldtype, label: __(label), options, default: frm.doc[fieldname] };
		};
		aftersales.forms.ask(frm, {
			title: __("What the Customer Says"),
			fields: [
				from_form(frm.doc.kind === "Complaint Reply" ? "answer_accepted" : "repair_effective"),
				from_form("hidden_hazard"),
				{ fieldtype: "Column Break" },
				{ ...from_form("csat"), fieldtype: "Select", options: ["", "1", "2", "3", "4", "5"] },
				from_form("nps"),
				{ fieldtype: "Section Break" },
				from_form("comments"),
			],
			method: "complete",
			action_label: __("Record Answer"),
		});
	},
});
