frappe.ui.form.on("Service Link", {
	refresh(frm) {
		frm.disable_save();
		if (!frm.doc.revoked_at) {
			frm.add_custom_button(__("Revoke"), () => revoke(frm));
		}
	},
});

function revoke(frm) {
	frappe.confirm(__("Whoever has this link can no longer open it. Revoke it?"), () =>
		frappe
			.call("aftersales.customer_portal.links.revoke", { link: frm.doc.name })
			.then(() => frm.reload_doc())
	);
}
