// On ERPNext's Service Level Agreement: its settings as a calendar and targets of ours.
frappe.ui.form.on("Service Level Agreement", {
	refresh(frm) {
		if (frm.is_new() || !frappe.model.can_create("Service Target")) return;
		aftersales.forms.add_button(frm, __("Make Service Targets"), async () => {
			const made = await frappe.xcall("aftersales.service_levels.from_erpnext.import_agreement", {
				agreement: frm.docname,
			});
			frappe.msgprint(
				__(
					"Calendar {0} and {1} targets are there. The targets are disabled: check and enable them.",
					[frappe.utils.escape_html(made.calendar), made.targets.length]
				)
			);
			frappe.set_route("List", "Service Target", { calendar: made.calendar });
		});
	},
});
