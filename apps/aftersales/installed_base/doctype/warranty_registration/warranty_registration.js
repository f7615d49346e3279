frappe.ui.form.on("Warranty Registration", {
	refresh(frm) {
		if (frm.is_new() || frm.doc.status !== "Received" || !frm.perm[0]?.write) return;
		aftersales.forms
			.add_button(frm, __("Confirm"), async () => {
				await aftersales.forms.save_typed(frm);
				await frm.call({ doc: frm.doc, method: "confirm", freeze: true });
				await frm.reload_doc();
			})
			.addClass("btn-primary");
		aftersales.forms.add_button(frm, __("Refuse"), () => {
			const dialog = new frappe.ui.Dialog({
				title: __("Refuse the Registration"),
				fields: [{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 }],
				primary_action_label: __("Refuse"),
				primary_action: aftersales.forms.answer(async (args) => {
					await aftersales.forms.save_typed(frm);
					await frm.call({ doc: frm.doc, method: "refuse", args, freeze: true });
					await frm.reload_doc();
				}),
			});
			dialog.show();
		});
	},
});
