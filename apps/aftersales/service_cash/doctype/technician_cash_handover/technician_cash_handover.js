frappe.ui.form.on("Technician Cash Handover", {
	setup(frm) {
		frm.ignore_doctypes_on_cancel_all = [
			"Payment Entry",
			"Journal Entry",
			"Sales Invoice",
			"Service Voucher",
		];
		frm.set_query("technician", () => ({ filters: frm.doc.company ? { company: frm.doc.company } : {} }));
		for (const field of ["difference_account", "cost_center"]) {
			frm.set_query(field, () => ({ filters: { company: frm.doc.company, is_group: 0 } }));
		}
		frm.set_query("mode_of_payment", () => ({ filters: { type: "Cash", enabled: 1 } }));
		frm.set_query("service_voucher", "vouchers", () => ({
			filters: {
				technician: frm.doc.technician,
				company: frm.doc.company,
				docstatus: 1,
				cash_collected: [">", 0],
				payment_entry: ["is", "not set"],
			},
		}));
	},

	refresh(frm) {
		frm.trigger("show_difference");
		if (frm.doc.docstatus === 0 && frm.doc.technician && frm.doc.company) {
			aftersales.forms.add_button(frm, __("Get Open Cash"), () => frm.trigger("fetch_open_cash"));
		}
	},

	onload(frm) {
		frm.trigger("propose_mode_of_payment");
	},

	company(frm) {
		frm.trigger("propose_mode_of_payment");
	},

	// Sites name their modes of payment in their own language: the one of type Cash is proposed.
	async propose_mode_of_payment(frm) {
		const { company, currency, mode_of_payment } = frm.doc;
		if (!frm.is_new() || !company || mode_of_payment) return;
		const { message: modes } = await frappe.call({
			method: "aftersales.service_cash.modes.cash_modes",
			args: { company, currency },
		});
		if (modes?.length === 1 && !frm.doc.mode_of_payment) {
			await frm.set_value("mode_of_payment", modes[0]);
		}
	},

	technician(frm) {
		if (frm.doc.technician && frm.doc.company) frm.trigger("fetch_open_cash");
	},

	async fetch_open_cash(frm) {
		const { company, technician, currency } = frm.doc;
		const { message: rows } = await frappe.call({
			method: "aftersales.service_cash.handover.open_cash",
			args: { company, technician, currency },
		});
		frm.clear_table("vouchers");
		(rows || []).forEach((row) => frm.add_child("vouchers", row));
		frm.refresh_field("vouchers");
		await frm.trigger("add_up");
		if (!rows?.length) frappe.show_alert({ message: __("{0} has no open cash.", [technician]) });
	},

	// Shown at once; the server works it out again from the receipts.
	async add_up(frm) {
		const expected = (frm.doc.vouchers || []).reduce((sum, row) => sum + flt(row.amount), 0);
		await frm.set_value("expected_amount", flt(expected, precision("expected_amount")));
		await frm.set_value(
			"difference",
			flt(flt(frm.doc.counted_amount) - expected, precision("difference"))
		);
	},

	counted_amount: (frm) => frm.trigger("add_up"),

	show_difference(frm) {
		const { difference, currency } = frm.doc;
		if (frm.is_new() || !difference) return;
		const amount = format_currency(Math.abs(difference), currency);
		frm.dashboard.stats_area_row?.empty(); // a first save refreshes twice
		frm.dashboard.add_indicator(
			difference < 0 ? __("Short by {0}", [amount]) : __("Over by {0}", [amount]),
			difference < 0 ? "red" : "orange"
		);
	},
});

frappe.ui.form.on("Technician Cash Handover Line", {
	vouchers_remove: (frm) => frm.trigger("add_up"),
});
