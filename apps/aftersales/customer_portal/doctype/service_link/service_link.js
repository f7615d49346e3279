frappe.ui.form.on("Service Link", {
	refresh(frm) {
		frm.disable_save();
		if (!frm.doc.revoked_at) {
			aftersales.forms.add_button(frm, __("Revoke"), () => revoke(frm));
		}
	},
});

function revoke(frm) {
	aftersales.forms.confirm(
		__("The link will no longer open for anybody who has it. Revoke it?"),
		async () => {
			await frappe.call("aftersales.customer_portal.links.revoke", { link: frm.doc.name });
			await frm.reload_doc();
		}
	);
}
