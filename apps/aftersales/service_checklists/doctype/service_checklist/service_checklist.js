// The questions are fixed; only the answer of a row can be entered.
frappe.ui.form.on("Service Checklist", {
	refresh(frm) {
		aftersales.forms.take_no_rows(frm, "answers");
		frm.set_df_property("answers", "cannot_delete_rows", 1);
		frm.set_df_property("answers", "read_only", frm.doc.status === "Complete");
		if (frm.doc.reference_name) {
			aftersales.forms.add_button(frm, __("Open Job"), () =>
				frappe.set_route("Form", frm.doc.reference_type, frm.doc.reference_name)
			);
		}
		if (frm.doc.out_of_limits) {
			frm.set_intro(__("{0} answers are out of their limits.", [frm.doc.out_of_limits]), "orange");
		}
	},
});

frappe.ui.form.on("Checklist Answer", {
	form_render(frm, cdt, cdn) {
		const row = frappe.get_doc(cdt, cdn);
		const field = frm.get_field("answers").grid.grid_rows_by_docname[cdn].grid_form.fields_dict.choice;
		if (field && row.kind === "Choice") {
			const choices = (row.choices || "")
				.split("\n")
				.map((line) => line.trim().replace(/^\*/, "").trim());
			field.set_data(choices.filter(Boolean));
		}
	},

	value(frm, cdt, cdn) {
		frappe.model.set_value(cdt, cdn, "value_is_set", 1);
	},
});
