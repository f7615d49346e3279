frappe.ui.form.on("Delay Compensation", {
	setup(frm) {
		frm.ignore_doctypes_on_cancel_all = ["Journal Entry"];
		frm.set_query("job", () => ({ filters: { docstatus: 1 } }));
		frm.set_query("delay_account", () => ({ filters: { company: frm.doc.company, is_group: 0 } }));
	},

	refresh(frm) {
		const { doc } = frm;
		if (doc.discounted_invoice) {
			aftersales.forms.add_button(frm, __("Sales Invoice"), () =>
				frappe.set_route("Form", "Sales Invoice", doc.discounted_invoice)
			);
		}
		if (doc.status === "Awaiting Invoice") {
			frm.dashboard.add_comment(
				__("The next invoice of {0} is made with this discount.", [
					frappe.utils.get_form_link("Repair Card", doc.job, true),
				]),
				"blue",
				true
			);
		}
		const deciding = ["Service Accountant", "Service Manager"].some((role) => frappe.user.has_role(role));
		if (frm.is_new() || doc.docstatus || doc.status !== "Proposed" || !deciding) return;
		aftersales.forms.add_button(frm, __("Decline"), () => {
			const dialog = new frappe.ui.Dialog({
				title: __("Decline"),
				fields: [
					{
						fieldname: "fault",
						fieldtype: "Select",
						label: __("Responsible Party"),
						options: ["", "Ours", "Maker", "Carrier", "Customer"],
					},
					{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 },
				],
				primary_action_label: __("Decline"),
				primary_action: aftersales.forms.answer(async (values) => {
					await aftersales.forms.save_typed(frm);
					await frm.call({ doc: frm.doc, method: "decline", args: values, freeze: true });
					await frm.reload_doc();
				}),
			});
			dialog.show();
		});
	},
});
