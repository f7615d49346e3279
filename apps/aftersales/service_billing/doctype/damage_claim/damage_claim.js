frappe.ui.form.on("Damage Claim", {
	setup(frm) {
		frm.ignore_doctypes_on_cancel_all = ["Journal Entry"];
		for (const field of ["damage_account", "cost_center"]) {
			frm.set_query(field, () => ({ filters: { company: frm.doc.company, is_group: 0 } }));
		}
		for (const field of ["repair_call", "equipment", "job"]) {
			frm.set_query(field, () => ({ filters: frm.doc.customer ? { customer: frm.doc.customer } : {} }));
		}
	},

	// Shown at once; the server works it out again.
	add_up(frm) {
		const damage = (frm.doc.items || []).reduce((sum, row) => sum + flt(row.amount), 0);
		frm.set_value("damage_amount", flt(damage, precision("damage_amount")));
		const settled = flt(frm.doc.settled_amount) || damage;
		frm.set_value("our_share", flt(settled - flt(frm.doc.maker_share) - flt(frm.doc.insurer_share), precision("our_share")));
	},
	settled_amount: (frm) => frm.trigger("add_up"),
	maker_share: (frm) => frm.trigger("add_up"),
	insurer_share: (frm) => frm.trigger("add_up"),
});

frappe.ui.form.on("Damage Item", {
	amount: (frm) => frm.trigger("add_up"),
	items_remove: (frm) => frm.trigger("add_up"),
});
