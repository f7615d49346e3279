frappe.ui.form.on("Aftersales Settings", {
	refresh(frm) {
		if (!frappe.user.has_role("System Manager")) return;
		frm.add_custom_button(__("Grant Permissions Again"), () =>
			frappe.confirm(
				__(
					"The service roles get back what they need of ERPNext's documents, where Restore Original Permissions has taken it. Rules that are there stay as they are. Continue?"
				),
				() =>
					frappe.xcall("aftersales.setup.permissions.grant_again").then((added) =>
						frappe.show_alert({
							message: __("Rules added: {0}", [added]),
							indicator: "green",
						})
					)
			)
		);
	},
});
