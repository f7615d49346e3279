frappe.ui.form.on("Aftersales Settings", {
	refresh(frm) {
		if (!frappe.user.has_role("System Manager")) return;
		aftersales.forms.add_button(frm, __("Grant Permissions Again"), () =>
			aftersales.forms.confirm(
				__(
					"The service roles get back what they need of ERPNext's documents, where Restore Original Permissions has taken it. Rules that are there stay as they are. Continue?"
				),
				async () => {
					const added = await frappe.xcall("aftersales.setup.permissions.grant_again");
					frappe.show_alert({ message: __("Rules added: {0}", [added]), indicator: "green" });
				}
			)
		);
	},
});
