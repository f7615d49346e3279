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

	refresh(frm) {
		show_photos(frm);
		const { doc } = frm;
		const is_own = doc.owner === frappe.session.user && frappe.user.has_role("Service Technician");
		const may_submit = frappe.model.can_submit("Damage Claim");
		if (frm.is_new() || doc.docstatus || may_submit || !is_own) return;
		if (doc.settlement === "Paid on the Spot" && doc.job) {
			aftersales.forms.add_button(frm, __("Settle on the Spot"), async () => {
				await frm.call({ doc, method: "settle_on_the_spot", freeze: true });
				await frm.reload_doc();
			});
		}
	},

	// Shown at once; the server works it out again.
	add_up(frm) {
		const damage = (frm.doc.items || []).reduce((sum, row) => sum + flt(row.amount), 0);
		frm.set_value("damage_amount", flt(damage, precision("damage_amount")));
		const settled = flt(frm.doc.settled_amount) || damage;
		frm.set_value(
			"our_share",
			flt(settled - flt(frm.doc.maker_share) - flt(frm.doc.insurer_share), precision("our_share"))
		);
	},
	settled_amount: (frm) => frm.trigger("add_up"),
	maker_share: (frm) => frm.trigger("add_up"),
	insurer_share: (frm) => frm.trigger("add_up"),
});

frappe.ui.form.on("Damage Item", {
	amount: (frm) => frm.trigger("add_up"),
	items_remove: (frm) => frm.trigger("add_up"),
});

frappe.ui.form.on("Damage Photo", {
	image: show_photos,
	caption: show_photos,
	photos_remove: show_photos,
});

// What a table of photos shows of them is the names of their files.
function show_photos(frm) {
	const escape = frappe.utils.escape_html;
	const pictures = (frm.doc.photos || [])
		.filter((row) => row.image)
		.map((row) => {
			const address = escape(encodeURI(row.image));
			const caption = escape(row.caption || "");
			return `<a href="${address}" target="_blank" rel="noopener" style="width: 160px">
				<img src="${address}" alt="${caption || __("Photo")}" loading="lazy"
					style="width: 160px; height: 120px; object-fit: cover; border-radius: 6px">
				<div class="small text-muted ellipsis">${caption}</div></a>`;
		});
	frm.get_field("photos_html").$wrapper.html(
		`<div class="mb-3" style="display: flex; flex-wrap: wrap; gap: 12px">${pictures.join("")}</div>`
	);
}
