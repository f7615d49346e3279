frappe.ui.form.on("Planned Service", {
	refresh(frm) {
		frm.set_df_property("due_on", "read_only", frm.doc.status !== "Planned");
		if (frm.is_new() || frm.doc.status !== "Planned" || !frm.perm[0]?.write) return;
		aftersales.forms
			.add_button(frm, __("Make Call"), async () => {
				await aftersales.forms.save_typed(frm);
				const { message } = await frm.call({ doc: frm.doc, method: "make_call", freeze: true });
				frappe.set_route("Form", "Repair Call", message);
			})
			.addClass("btn-primary");
		aftersales.forms.add_button(frm, __("Skip"), () => {
			const dialog = new frappe.ui.Dialog({
				title: __("Skip This Service"),
				fields: [{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 }],
				primary_action_label: __("Skip"),
				primary_action: aftersales.forms.answer(async (args) => {
					await aftersales.forms.save_typed(frm);
					await frm.call({ doc: frm.doc, method: "skip", args, freeze: true });
					await frm.reload_doc();
				}),
			});
			dialog.show();
		});
	},
});
