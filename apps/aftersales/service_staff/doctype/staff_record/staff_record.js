frappe.ui.form.on("Staff Record", {
	refresh(frm) {
		const { docstatus, user, read_at, answer } = frm.doc;
		if (docstatus !== 1 || user !== frappe.session.user) return;
		if (!read_at) {
			aftersales.forms.add_button(frm, __("Confirm Reading"), () =>
				aftersales.forms.act(frm, "confirm_read")
			);
		}
		if (!answer) {
			aftersales.forms.add_button(frm, __("Answer"), () =>
				aftersales.forms.ask(frm, {
					title: __("Answer"),
					fields: [
						{
							fieldname: "answer",
							fieldtype: "Small Text",
							label: __("Answer"),
							description: __("It can be given once and stays with the record"),
							reqd: 1,
						},
					],
					method: "answer_record",
					action_label: __("Send"),
				})
			);
		}
	},
});
