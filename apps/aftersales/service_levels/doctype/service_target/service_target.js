frappe.ui.form.on("Service Target", {
	refresh(frm) {
		if (frm.doc.disabled_reason) frm.set_intro(frm.doc.disabled_reason, "red");
		if (frm.doc.document_type) {
			aftersales.forms.add_button(frm, __("Preview"), () => frm.trigger("preview"));
		}
		if (!frm.is_new() && !frm.doc.enabled) frm.trigger("offer_to_end_clocks");
	},

	async offer_to_end_clocks(frm) {
		const name = frm.doc.name;
		const { message: running } = await frm.call("count_running_clocks");
		if (!running || frm.doc.name !== name || !aftersales.forms.may_write(frm)) return;
		frm.set_intro(__("{0} clocks of this target run on.", [running]), "orange");
		aftersales.forms.add_button(frm, __("End Running Clocks"), () =>
			aftersales.forms.act(frm, "end_clocks")
		);
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
