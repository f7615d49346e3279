frappe.provide("aftersales.maker_answers");

// What a maker says to a claim or to returned parts, and the debit note for what was accepted: the same on both forms.
aftersales.maker_answers = {
	/** The buttons of a document that was sent to its maker. */
	add_buttons(frm) {
		aftersales.forms.add_button(frm, __("Record Answer"), () => this.ask(frm));
		if (frm.doc.status === "Answered" && frm.doc.total_accepted) {
			aftersales.forms
				.add_button(frm, __("Make Debit Note"), () => this.make_debit_note(frm))
				.addClass("btn-primary");
		}
	},

	async make_debit_note(frm) {
		await aftersales.forms.save_typed(frm);
		const { message: name } = await frm.call({ doc: frm.doc, method: "make_debit_note", freeze: true });
		frappe.set_route("Form", "Purchase Invoice", name);
	},

	ask(frm) {
		const dialog = new frappe.ui.Dialog({
			title: __("Answer of the Maker"),
			fields: [
				{
					fieldname: "answered_on",
					fieldtype: "Date",
					label: __("Answered on"),
					default: "Today",
					reqd: 1,
				},
				{ fieldname: "supplier_reference", fieldtype: "Data", label: __("Maker's Reference") },
				{
					fieldname: "accepted_percent",
					fieldtype: "Percent",
					label: __("Accepted (%)"),
					default: 100,
					depends_on: "eval:!doc.by_row",
				},
				{ fieldname: "by_row", fieldtype: "Check", label: __("As entered in the rows") },
				{ fieldname: "answer", fieldtype: "Small Text", label: __("What the Maker Says") },
			],
			primary_action_label: __("Record"),
			primary_action: aftersales.forms.answer(async ({ by_row, accepted_percent, ...values }) => {
				const args = by_row ? values : { ...values, accepted_percent: flt(accepted_percent) };
				await aftersales.forms.save_typed(frm);
				await frm.call({ doc: frm.doc, method: "record_answer", args, freeze: true });
				await frm.reload_doc();
			}),
		});
		dialog.show();
	},
};
