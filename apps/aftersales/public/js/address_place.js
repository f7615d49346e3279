// Address: its place from the geocoder that the site names (service_routes/geocoding.py).
frappe.ui.form.on("Address", {
	refresh(frm) {
		if (frm.is_new() || !frm.perm[0]?.write || !frm.fields_dict.aftersales_latitude) return;
		aftersales.forms.add_button(frm, __("Find Place"), async () => {
			await aftersales.forms.save_typed(frm);
			await frappe.call({
				method: "aftersales.service_routes.geocoding.find",
				args: { address: frm.doc.name },
				freeze: true,
			});
			await frm.reload_doc();
		});
	},
});
