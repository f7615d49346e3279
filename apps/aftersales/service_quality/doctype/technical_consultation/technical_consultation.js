frappe.ui.form.on("Technical Consultation", {
	setup(frm) {
		frm.set_query("expert", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	},

	refresh(frm) {
		frm.set_df_property("answer", "read_only", 1);
		if (frm.is_new() || frm.doc.status !== "Asked" || !frm.perm[0]?.write) return;
		if (frappe.user.has_role(["Product Specialist", "Service Supervisor", "Service Manager"])) {
			aftersales.forms
				.add_button(frm, __("Answer"), () => frm.trigger("give_answer"))
				.addClass("btn-primary");
		}
		aftersales.forms.add_button(frm, __("Withdraw"), async () => {
			await aftersales.forms.save_typed(frm);
			await frm.call({ doc: frm.doc, method: "withdraw", freeze: true });
			await frm.reload_doc();
		});
	},

	give_answer(frm) {
		const dialog = new frappe.ui.Dialog({
			title: __("Answer"),
			fields: [{ fieldname: "answer", fieldtype: "Text", label: __("Answer"), reqd: 1 }],
			primary_action_label: __("Send Answer"),
			primary_action: aftersales.forms.answer(async (args) => {
				await aftersales.forms.save_typed(frm);
				await frm.call({ doc: frm.doc, method: "give_answer", args, freeze: true });
				await frm.reload_doc();
			}),
		});
		dialog.show();
	},
});
