frappe.ui.form.on("Periodic Visit Plan", {
	setup(frm) {
		frm.set_query("call_owner", () => ({ filters: { enabled: 1, user_type: "System User" } }));
		frm.set_query("request_type", () => ({ filters: { disabled: 0 } }));
		frm.set_query("customers", () => ({ filters: { disabled: 0 } }));
	},

	refresh(frm) {
		if (frm.is_new() || !frm.doc.enabled || frm.is_dirty()) return;
		aftersales.forms.add_button(frm, __("Plan Now"), async () => {
			await aftersales.forms.save_typed(frm);
			const { message } = await frm.call({ doc: frm.doc, method: "plan_now", freeze: true });
			frappe.show_alert({ message: __("{0} visits planned", [message]), indicator: "green" });
		});
	},
});
