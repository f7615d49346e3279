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
		aftersales.forms.add_button(frm, __("Record Answer"), () => frm.trigger("ask_for_answer"));
		if (doc.status === "Answered" && doc.total_accepted) {
			aftersales.forms
				.add_button(frm, __("Make Debit Note"), async () => {
					await aftersales.forms.save_typed(frm);
					const { message: name } = await frm.call({
						doc: frm.doc,
						method: "make_debit_note",
						freeze: true,
					});
					frappe.set_route("Form", "Purchase Invoice", name);
				})
				.addClass("btn-primary");
		}
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

	ask_for_answer(frm) {
		const dialog = new frappe.ui.Dialog({
			title: __("Answer of the Maker"),
			fields: [
				{
					fieldname: "answered_on",
					fieldtype: "Date",
					label: __("Answered on"),
					default: "Today",
					reqd: 1,
				},
				{ fieldname: "supplier_reference", fieldtype: "Data", label: __("Maker's Reference") },
				{
					fieldname: "accepted_percent",
					fieldtype: "Percent",
					label: __("Accepted (%)"),
					default: 100,
					depends_on: "eval:!doc.by_row",
				},
				{ fieldname: "by_row", fieldtype: "Check", label: __("As entered in the rows") },
				{ fieldname: "answer", fieldtype: "Small Text", label: __("What the Maker Says") },
			],
			primary_action_label: __("Record"),
			primary_action: aftersales.forms.answer(async ({ by_row, accepted_percent, ...values }) => {
				const args = by_row ? values : { ...values, accepted_percent: flt(accepted_percent) };
				await aftersales.forms.save_typed(frm);
				await frm.call({ doc: frm.doc, method: "record_answer", args, freeze: true });
				await frm.reload_doc();
			}),
		});
		dialog.show();
	},
});
