frappe.ui.form.on("Customer Message", {
	async refresh(frm) {
		if (frm.is_new()) return;
		aftersales.forms.add_button(frm, __("Preview"), () => frm.trigger("ask_for_document"));
		const name = frm.doc.name;
		const { message: names } = await frm.call("placeholders");
		if (frm.doc.name !== name) return;
		const list = names.map((each) => `<code>{${each}}</code>`).join(" ");
		frm.get_field("placeholders_html").$wrapper.html(
			`<p class="text-muted">${__("Placeholders:")} ${list}</p>`
		);
	},

	ask_for_document(frm) {
		const doctype = frm.doc.moment.startsWith("Complaint ") ? "Service Complaint" : "Repair Call";
		const dialog = new frappe.ui.Dialog({
			title: __("Preview"),
			size: "large",
			fields: [
				{
					fieldname: "document",
					fieldtype: "Link",
					options: doctype,
					label: __(doctype),
					description: __("Leave empty for an example"),
				},
				{ fieldtype: "Column Break" },
				{ fieldname: "language", fieldtype: "Link", options: "Language", label: __("Language") },
				{ fieldtype: "Section Break" },
				{ fieldname: "shown", fieldtype: "HTML" },
			],
			primary_action_label: __("Show"),
			primary_action: (values) => show(frm, dialog, values),
		});
		dialog.show();
		show(frm, dialog, {});
	},
});

async function show(frm, dialog, { document, language }) {
	const { message } = await frm.call("preview", { document, language });
	const escape = frappe.utils.escape_html;
	dialog.get_field("shown").$wrapper.html(
		message?.subject === undefined
			? __("There is no text yet.")
			: `<h5>${escape(message.subject)}</h5>${message.html}<hr><p class="text-muted">${__("SMS")}</p>
				<pre style="white-space: pre-wrap">${escape(message.sms)}</pre>`
	);
}
