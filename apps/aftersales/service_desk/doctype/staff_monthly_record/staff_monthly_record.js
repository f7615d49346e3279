frappe.ui.form.on("Staff Monthly Record", {
	refresh(frm) {
		if (frm.doc.user === frappe.session.user && !frm.doc.confirmed_at) {
			aftersales.forms.set_primary_action(frm.page, __("Confirm"), () => ask(frm));
		} else if (
			frm.doc.user !== frappe.session.user &&
			!frm.doc.leader_confirmed_at &&
			frappe.user.has_role(["Service Supervisor", "Service Manager"])
		) {
			aftersales.forms.set_primary_action(frm.page, __("Seen"), async () => {
				await frm.call({ doc: frm.doc, method: "confirm_as_leader", freeze: true });
				frm.reload_doc();
			});
		}
		if (frm.doc.confirmed_at) frm.page.set_indicator(__("Confirmed"), "green");
		else frm.page.set_indicator(__("Not Confirmed"), "orange");
	},
});

function ask(frm) {
	const dialog = new frappe.ui.Dialog({
		title: __("Confirm the Record"),
		fields: [
			{
				fieldname: "answer",
				fieldtype: "Small Text",
				label: __("Answer"),
				description: __("If something is wrong or missing. It stays with the record."),
			},
		],
		primary_action_label: __("Confirm"),
		primary_action: aftersales.forms.answer(async ({ answer }) => {
			await frm.call({ doc: frm.doc, method: "confirm", args: { answer: answer || "" }, freeze: true });
			await frm.reload_doc();
		}),
	});
	dialog.show();
}
