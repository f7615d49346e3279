frappe.ui.form.on("Warranty Registration", {
	refresh(frm) {
		if (frm.is_new() || frm.doc.status !== "Received" || !frm.perm[0]?.write) return;
		aftersales.forms
			.add_button(frm, __("Confirm"), async () => {
				await aftersales.forms.save_typed(frm);
				const { equipment, customer } = frm.doc;
				const owner = equipment && (await owner_of(equipment));
				if (!owner || !customer || owner === customer) return confirm(frm);
				aftersales.forms.confirm(
					__(
						"{0} belongs to customer {1}. Does the proof of purchase say that {2} bought it from them?",
						[equipment, owner, customer].map(frappe.utils.escape_html)
					),
					() => confirm(frm, owner)
				);
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

async function owner_of(equipment) {
	return (await frappe.db.get_value("Customer Equipment", equipment, "customer")).message?.customer;
}

async function confirm(frm, former_owner) {
	await frm.call({ doc: frm.doc, method: "confirm", args: { former_owner }, freeze: true });
	await frm.reload_doc();
}
