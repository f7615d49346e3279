frappe.ui.form.on("Service Target", {
	refresh(frm) {
		if (frm.doc.disabled_reason) frm.set_intro(frm.doc.disabled_reason, "red");
		if (frm.doc.document_type) {
			aftersales.forms.add_button(frm, __("Preview"), () => frm.trigger("preview"));
		}
	},

	async preview(frm) {
		const { rows, looked_at } = await frappe.xcall("aftersales.service_levels.preview.preview", {
			target: frm.doc,
		});
		const when = (time) => (time ? frappe.datetime.str_to_user(time) : "");
		const cells = (row) =>
			[row.name, row.title, row.status, when(row.starts), when(row.due), row.outcome]
				.map((value) => `<td>${frappe.utils.escape_html(String(value ?? ""))}</td>`)
				.join("");
		const head = [__("Document"), __("Title"), __("Status"), __("Starts"), __("Due"), __("What Happens")]
			.map((label) => `<th>${label}</th>`)
			.join("");
		frappe.msgprint({
			title: __("{0} of {1} open documents", [rows.length, looked_at]),
			message: rows.length
				? `<table class="table table-sm"><thead><tr>${head}</tr></thead><tbody>${rows
						.map((row) => `<tr>${cells(row)}</tr>`)
						.join("")}</tbody></table>`
				: __("This target applies to none of the open documents."),
			wide: true,
		});
	},
});
