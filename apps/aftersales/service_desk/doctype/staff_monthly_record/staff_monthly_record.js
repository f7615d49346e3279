frappe.ui.form.on("Staff Monthly Record", {
	refresh(frm) {
		show_figures(frm);
		if (frm.doc.user === frappe.session.user && !frm.doc.confirmed_at) {
			aftersales.forms.set_primary_action(frm.page, __("Confirm"), () => ask(frm));
		} else if (
			frm.doc.user !== frappe.session.user &&
			!frm.doc.leader_confirmed_at &&
			frappe.user.has_role(["Service Supervisor", "Service Manager"])
		) {
			aftersales.forms.set_primary_action(frm.page, __("Seen"), async () => {
				await frm.call({ doc: frm.doc, method: "confirm_as_leader", freeze: true });
				frm.reload_doc();
			});
		}
		if (frm.doc.confirmed_at) frm.page.set_indicator(__("Confirmed"), "green");
		else frm.page.set_indicator(__("Not Confirmed"), "orange");
	},
});

// A table of three columns also on a phone, where a grid shows one
function show_figures(frm) {
	const escape = frappe.utils.escape_html;
	const rows = frm.doc.figures.map(
		(row) => `<tr><td>${escape(row.figure)}</td>
			<td class="text-right"><strong>${escape(row.value || "–")}</strong></td>
			<td class="text-right text-muted">${escape(row.before || "–")}</td></tr>`
	);
	frm.get_field("figures_html").$wrapper.html(`<table class="table table-sm">
		<thead><tr><th>${__("Figure")}</th><th class="text-right">${__("This Month")}</th>
		<th class="text-right">${__("Month Before")}</th></tr></thead><tbody>${rows.join("")}</tbody></table>`);
	frm.toggle_display("figures", false);
}

function ask(frm) {
	const dialog = new frappe.ui.Dialog({
		title: __("Confirm the Record"),
		fields: [
			{
				fieldname: "answer",
				fieldtype: "Small Text",
				label: __("Answer"),
				description: __("If something is wrong or missing. It stays with the record."),
			},
		],
		primary_action_label: __("Confirm"),
		primary_action: aftersales.forms.answer(async ({ answer }) => {
			await frm.call({ doc: frm.doc, method: "confirm", args: { answer: answer || "" }, freeze: true });
			await frm.reload_doc();
		}),
	});
	dialog.show();
}
