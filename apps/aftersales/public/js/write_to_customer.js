// New Email on a document of the service has the customer's address and our reference, and replies to choose from.
const DOCTYPES = [
	"Repair Call",
	"Service Voucher",
	"Repair Card",
	"Collection Receipt",
	"Loaner Issue",
	"Follow-up",
	"Service Complaint",
];

for (const doctype of DOCTYPES) {
	frappe.ui.form.on(doctype, { refresh: (frm) => prepare(frm) });
}

async function prepare(frm) {
	if (frm.is_new()) return;
	const asked_for = frm.doc.name;
	frm.customer_email = frm.doc.contact_email || "";
	if (frm.timeline) frm.timeline.get_recipient = () => frm.customer_email;
	if (!frappe.model.can_email(frm.doctype, frm)) return;
	const told = await frappe.xcall("aftersales.service_desk.mail.writing.about", {
		doctype: frm.doctype,
		name: asked_for,
	});
	if (frm.doc.name !== asked_for) return;
	frm.customer_email = told.email || "";
	show_undeliverable(frm, told.undeliverable);
	for (const template of told.replies) {
		aftersales.forms.add_button(frm, __(template), () => reply(frm, template), __("Reply"));
	}
}

// Where an address is kept, too: on the contact and the customer.
for (const doctype of ["Contact", "Customer"]) {
	frappe.ui.form.on(doctype, { refresh: (frm) => look_for_bounces(frm) });
}

async function look_for_bounces(frm) {
	if (frm.is_new() || !frappe.model.can_read("Undeliverable Address")) return;
	const asked_for = frm.doc.name;
	const addresses = [frm.doc.email_id, ...(frm.doc.email_ids || []).map((row) => row.email_id)].filter(
		Boolean
	);
	if (!addresses.length) return;
	const found = await frappe.xcall("aftersales.service_desk.mail.bounces.undeliverable", {
		addresses: [...new Set(addresses)],
	});
	if (frm.doc.name === asked_for) show_undeliverable(frm, found);
}

function show_undeliverable(frm, addresses) {
	for (const address of addresses) {
		frm.dashboard.add_comment(
			__("Mail to {0} was returned on {1}: {2}", [
				frappe.utils.escape_html(address.address),
				frappe.datetime.str_to_user(address.bounced_at),
				frappe.utils.escape_html(address.reason || ""),
			]),
			"red",
			true
		);
	}
}

async function reply(frm, email_template) {
	const text = await frappe.xcall("aftersales.service_desk.mail.writing.reply", {
		doctype: frm.doctype,
		name: frm.doc.name,
		email_template,
	});
	new frappe.views.CommunicationComposer({
		doc: frm.doc,
		frm,
		subject: text.subject,
		recipients: frm.customer_email,
		message: text.message,
	});
}
