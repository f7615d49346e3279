// Offers what can be done with a follow-up; the server decides what an answer means.
frappe.ui.form.on("Follow-up", {
	setup(frm) {
		frm.set_query("repair_call", () => ({
			filters: { status: "Closed", ...(frm.doc.customer && { customer: frm.doc.customer }) },
		}));
		frm.set_query("equipment", () => ({
			filters: frm.doc.customer ? { customer: frm.doc.customer } : {},
		}));
		frm.set_query("call_owner", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	},

	refresh(frm) {
		frm.dashboard.clear_headline();
		frm.trigger("show_result");
		if (frm.is_new() || aftersales.forms.has_workflow(frm)) return;
		if (!["Planned", "Attempted"].includes(frm.doc.status)) return;
		aftersales.forms.next_step(frm, __("Call"), () =>
			aftersales.calling.open(frm.doc.name, () => frm.reload_doc())
		);
		if (frm.doc.kind === "Periodic Visit" && !frm.doc.visit_call) {
			aftersales.forms.add_button(frm, __("Arrange a Visit"), () =>
				aftersales.forms.act(frm, "arrange_visit")
			);
		}
		aftersales.forms.add_menu_item(frm.page, __("Cancel Follow-up"), () =>
			aftersales.forms.confirm(__("The customer will not be asked. Continue?"), () =>
				aftersales.forms.act(frm, "cancel_follow_up")
			)
		);
	},

	show_result(frm) {
		if (frm.doc.not_reached) {
			frm.set_intro(
				__("Given up after {0} attempts. The customer can still answer.", [frm.doc.attempts])
			);
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
});
