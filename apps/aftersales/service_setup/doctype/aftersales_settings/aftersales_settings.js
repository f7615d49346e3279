frappe.ui.form.on("Aftersales Settings", {
	refresh(frm) {
		frm.trigger("show_setup_checks");
		if (aftersales.forms.may_set_up()) {
			aftersales.forms.add_button(frm, __("Set-up Assistant"), () =>
				frappe.set_route("setup-assistant")
			);
		}
		if (frappe.user.has_role(["Service Manager", "System Manager"])) {
			aftersales.forms.add_button(frm, __("Translate Shipped Texts"), () =>
				aftersales.forms.confirm(
					__(
						"This writes scripts, conditions, replies, messages and saved filters that came with the app in the language of the site. Texts that somebody has changed stay as they are. Continue?"
					),
					async () => {
						const changed = await frappe.xcall("aftersales.setup.defaults.translate");
						frappe.show_alert({
							message: __("Records translated: {0}", [changed]),
							indicator: "green",
						});
						frm.reload_doc();
					}
				)
			);
		}
		if (!frappe.user.has_role("System Manager")) return;
		aftersales.forms.add_button(frm, __("Grant Permissions Again"), () =>
			aftersales.forms.confirm(
				__(
					"This adds the permissions on ERPNext documents that the service roles need, for example after Restore Original Permissions. Existing rules are not changed. Continue?"
				),
				async () => {
					const added = await frappe.xcall("aftersales.setup.permissions.grant_again");
					frappe.show_alert({ message: __("Rules added: {0}", [added]), indicator: "green" });
				}
			)
		);
	},

	// What an administrator should look after, as the server finds it.
	async show_setup_checks(frm) {
		const may_check = frappe.user.has_role(["Service Manager", "System Manager"]);
		frm.toggle_display(["setup_checks_tab", "setup_checks_html"], may_check);
		if (!may_check) return;
		const { $wrapper } = frm.get_field("setup_checks_html");
		const findings = await frappe.xcall("aftersales.setup.checks.run");
		const colors = { Good: "green", Warning: "orange", Wrong: "red" };
		const $list = $('<ul class="list-unstyled">').appendTo($wrapper.empty());
		for (const { title, state, what_to_do } of findings) {
			const $finding = $('<li class="mb-2">').appendTo($list);
			$("<span>")
				.addClass(`indicator ${colors[state]}`)
				.text(`${title}: ${__(state)}`)
				.appendTo($finding);
			if (what_to_do) $('<div class="text-muted small">').text(what_to_do).appendTo($finding);
		}
	},
});
