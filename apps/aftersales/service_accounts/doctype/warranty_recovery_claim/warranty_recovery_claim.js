frappe.ui.form.on("Warranty Recovery Claim", {
	setup(frm) {
		frm.set_query("recovery_account", () => ({ filters: { company: frm.doc.company, is_group: 0 } }));
	},

	refresh(frm) {
		const { doc } = frm;
		const { grid } = frm.get_field("lines");
		aftersales.forms.take_no_rows(frm, "lines"); // they come from the jobs
		grid.df.cannot_delete_rows = doc.docstatus > 0;
		grid.refresh();
		if (doc.docstatus === 0 && doc.supplier && doc.company) {
			aftersales.forms.add_button(frm, __("Get Warranty Lines"), () => frm.trigger("fetch_lines"));
		}
		if (doc.docstatus !== 1 || doc.debit_note || !frm.perm[0].submit) return;
		aftersales.maker_answers.add_buttons(frm);
	},

	async fetch_lines(frm) {
		const { company, supplier, from_date, to_date, brand } = frm.doc;
		const { message: rows } = await frappe.call({
			method: "aftersales.service_accounts.recovery.claimable_lines",
			args: { company, supplier, from_date, to_date, brand },
			freeze: true,
		});
		frm.clear_table("lines");
		(rows || []).forEach((row) => frm.add_child("lines", row));
		frm.refresh_field("lines");
		frm.trigger("add_up");
		if (!rows?.length) {
			frappe.msgprint(
				__("No open warranty line. Choose a brand, or set the default supplier of the brand or item.")
			);
		}
	},

	add_up(frm) {
		for (const [total, field] of [
			["total_cost", "cost"],
			["total_claimed", "claimed_amount"],
			["total_accepted", "accepted_amount"],
		]) {
			frm.set_value(
				total,
				flt(
					(frm.doc.lines || []).reduce((sum, row) => sum + flt(row[field]), 0),
					precision(total)
				)
			);
		}
	},
});

frappe.ui.form.on("Warranty Recovery Line", {
	claimed_amount: (frm) => frm.trigger("add_up"),
	accepted_amount: (frm) => frm.trigger("add_up"),
	lines_remove: (frm) => frm.trigger("add_up"),
});
