frappe.ui.form.on("Customer Service Preferences", {
	async setup(frm) {
		const channels = await frappe.xcall("aftersales.customer_portal.messaging.channels.available");
		frm.set_df_property("channel", "options", channels);
		frm.fields_dict.contact_channels.grid.update_docfield_property("channel", "options", channels);
		frm.set_query("contact", "contact_channels", () => ({
			query: "frappe.contacts.doctype.contact.contact.contact_query",
			filters: { link_doctype: "Customer", link_name: frm.doc.customer },
		}));
	},
});
