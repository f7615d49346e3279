// Records that came with the app belong to the site once they are there. Their menu offers the
// shipped version back to those who may restore it.

frappe.provide("aftersales.restore_shipped");

aftersales.restore_shipped.offer = async function (frm) {
	const may_restore = ["Service Manager", "System Manager"].some((role) => frappe.user.has_role(role));
	if (frm.is_new() || !may_restore) return;
	const shipped = await frappe.xcall("aftersales.setup.defaults.is_shipped", {
		doctype: frm.doctype,
		name: frm.docname,
	});
	if (!shipped) return;
	aftersales.forms.add_menu_item(frm.page, __("Restore Shipped Version"), () =>
		aftersales.restore_shipped.ask(frm)
	);
};

aftersales.restore_shipped.ask = function (frm) {
	aftersales.forms.confirm(
		__("Restore the shipped version of {0}? The accounts of companies are kept.", [
			frappe.utils.escape_html(frm.docname),
		]),
		async () => {
			await frappe.xcall("aftersales.setup.defaults.restore", {
				doctype: frm.doctype,
				name: frm.docname,
			});
			await frm.reload_doc();
			frappe.show_alert({ message: __("Shipped version restored"), indicator: "green" });
		}
	);
};

// The file is loaded with each DocType it serves; handlers are registered once.
if (!aftersales.restore_shipped.registered) {
	aftersales.restore_shipped.registered = true;
	[
		"Service Category",
		"Service Request Type",
		"Service Zone",
		"Fault Code",
		"Issue Priority",
		"Service Calendar",
		"Service Target",
		"Workflow",
		"Notification",
		"Email Template",
	].forEach((doctype) =>
		frappe.ui.form.on(doctype, { refresh: (frm) => aftersales.restore_shipped.offer(frm) })
	);
}
