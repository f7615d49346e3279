frappe.ui.form.on("Staff Record", {
	refresh(frm) {
		const is_own = frm.doc.docstatus === 1 && frm.doc.user === frappe.session.user;
		if (!is_own) return;
		if (!frm.doc.read_at) {
			aftersales.forms.add_button(frm, __("Confirm Reading"), () =>
				frm.call("confirm_read").then(() => frm.reload_doc())
			);
		}
		if (!frm.doc.answer) {
			aftersales.forms.add_button(frm, __("Answer"), () =>
				frappe.prompt(
					{ fieldname: "answer", fieldtype: "Small Text", label: __("Answer"), reqd: 1 },
					({ answer }) =>
						frm.call("answer_record", { answer }).then(() => frm.reload_doc()),
					__("Answer"),
					__("Send")
				)
			);
		}
	},
});
