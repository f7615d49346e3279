// What the desk does for customers from a form: a link to send, and "on the way". Loaded by `doctype_js`.
frappe.provide("aftersales.customer_links");

aftersales.customer_links.PURPOSES = {
	"Repair Call": { Track: __("Follow the call"), Appointment: __("Answer the appointment") },
	"Repair Card": { Estimate: __("Decide the estimate") },
	"Service Voucher": { Estimate: __("Decide the quote") },
	"Follow-up": { Survey: __("Answer the survey") },
};
aftersales.customer_links.ROLES = ["Service Agent", "Service Supervisor", "Service Manager"];

aftersales.customer_links.refresh = function (frm) {
	if (frm.is_new() || !frm.doc.customer || !frappe.user.has_role(aftersales.customer_links.ROLES)) return;
	Object.entries(aftersales.customer_links.PURPOSES[frm.doctype]).forEach(([purpose, label]) => {
		aftersales.forms.add_menu_item(frm.page, __("Copy link for the customer: {0}", [label]), () =>
			aftersales.customer_links.copy(frm, purpose)
		);
	});
};

aftersales.customer_links.copy = async function (frm, purpose) {
	const { message: address } = await frappe.call("aftersales.customer_portal.links.make", {
		purpose,
		doctype: frm.doctype,
		name: frm.doc.name,
	});
	frappe.utils.copy_to_clipboard(address);
	frappe.msgprint({
		title: __("Link for the customer"),
		message: `<p>${__("Copied. Whoever has this link needs no login; it opens this one page.")}</p>
			<p><code>${frappe.utils.escape_html(address)}</code></p>`,
	});
};

aftersales.customer_links.on_my_way = function (frm) {
	if (frm.doc.status !== "Dispatched" || !frm.perm[0].write) return;
	aftersales.forms.add_button(frm, __("On My Way"), async () => {
		await frappe.call("aftersales.customer_portal.messages.on_the_way", { voucher: frm.doc.name });
		frappe.show_alert({ message: __("The call says that you are on the way."), indicator: "green" });
		frm.reload_doc();
	});
};

// The file is loaded with each form it serves; handlers are registered once.
if (!aftersales.customer_links.registered) {
	aftersales.customer_links.registered = true;
	Object.keys(aftersales.customer_links.PURPOSES).forEach((doctype) =>
		frappe.ui.form.on(doctype, { refresh: (frm) => aftersales.customer_links.refresh(frm) })
	);
	frappe.ui.form.on("Service Voucher", { refresh: (frm) => aftersales.customer_links.on_my_way(frm) });
}
