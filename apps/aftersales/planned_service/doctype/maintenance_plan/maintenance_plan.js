frappe.ui.form.on("Maintenance Plan", {
	setup(frm) {
		frm.set_query("service_contract", () => ({
			filters: { docstatus: 1, ...(frm.doc.company ? { company: frm.doc.company } : {}) },
		}));
		frm.set_query("request_type", () => ({ filters: { disabled: 0 } }));
		frm.set_query("checklist_template", "tasks", () => ({ filters: { disabled: 0 } }));
	},

	refresh(frm) {
		if (frm.is_new() || !frm.perm[0]?.write || !frm.doc.enabled) return;
		aftersales.forms.add_button(frm, __("Plan Now"), async () => {
			await aftersales.forms.save_typed(frm);
			const { message } = await frm.call({ doc: frm.doc, method: "plan_now", freeze: true });
			frappe.show_alert({
				message: message.waiting
					? __("{0} services planned; {1} calls are made in the background", [
							message.planned,
							message.waiting,
					  ])
					: __("{0} services planned, {1} calls made", [message.planned, message.called]),
				indicator: "green",
			});
			frm.reload_doc();
		});
	},
});
