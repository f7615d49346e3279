frappe.ui.form.on("Hosted Visit", {
	refresh(frm) {
		if (frm.is_new() || frm.doc.programme?.length || frm.doc.status !== "Planned") return;
		aftersales.forms.add_button(frm, __("Start Programme"), () => {
			frm.add_child("programme", {
				from_time: frm.doc.arrives_at,
				what: __("Arrival"),
				guide: frm.doc.host,
			});
			frm.add_child("programme", {
				from_time: frm.doc.departs_at,
				what: __("Departure"),
				guide: frm.doc.host,
			});
			frm.refresh_field("programme");
			frm.dirty();
		});
	},
});
