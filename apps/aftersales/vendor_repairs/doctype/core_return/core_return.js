frappe.ui.form.on("Core Return", {
	setup(frm) {
		frm.ignore_doctypes_on_cancel_all = ["Stock Entry", "Purchase Invoice"];
		frm.set_query("supplier", () => ({ filters: { disabled: 0 } }));
		frm.set_query("item_code", "items", () => ({
			filters: { is_stock_item: 1, has_serial_no: 0, has_batch_no: 0, disabled: 0 },
		}));
		frm.set_query("warehouse", "items", () => ({
			filters: { company: frm.doc.company, is_group: 0, disabled: 0 },
		}));
	},

	refresh(frm) {
		const { doc } = frm;
		frm.set_df_property("items", "cannot_add_rows", doc.docstatus > 0);
		frm.set_df_property("items", "cannot_delete_rows", doc.docstatus > 0);
		if (doc.docstatus === 0 && doc.company && frm.perm[0].write) {
			aftersales.forms.add_button(frm, __("Get Old Parts"), () => frm.trigger("fetch_items"));
		}
		if (doc.docstatus !== 1 || doc.debit_note || !frm.perm[0].write) return;
		aftersales.maker_answers.add_buttons(frm);
	},

	async fetch_items(frm) {
		const { company, supplier } = frm.doc;
		const { message: rows } = await frappe.call({
			method: "aftersales.vendor_repairs.cores.cores.in_stock",
			args: { company, supplier },
			freeze: true,
		});
		frm.clear_table("items");
		(rows || []).forEach((row) => frm.add_child("items", row));
		frm.refresh_field("items");
		if (!rows?.length) {
			frappe.msgprint(
				__(
					"No old parts are in stock. They are received when a job is completed, where the Spare Part names the item of the old part."
				)
			);
		}
	},
});
