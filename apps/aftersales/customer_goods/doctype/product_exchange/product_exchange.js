frappe.ui.form.on("Product Exchange", {
	setup(frm) {
		frm.ignore_doctypes_on_cancel_all = ["Stock Entry", "Sales Invoice"];
		frm.set_query("equipment", () => ({
			filters: frm.doc.customer ? { customer: frm.doc.customer } : {},
		}));
		for (const fieldname of ["old_warehouse", "new_warehouse"]) {
			frm.set_query(fieldname, () => ({
				filters: { company: frm.doc.company, is_group: 0, disabled: 0 },
			}));
		}
		frm.set_query("new_item_code", () => ({ filters: { is_stock_item: 1, disabled: 0 } }));
		frm.set_query("original_invoice", () => ({
			filters: { customer: frm.doc.customer, company: frm.doc.company, docstatus: 1, is_return: 0 },
		}));
	},

	async repair_call(frm) {
		if (!frm.doc.repair_call) return;
		const { message: call } = await frappe.db.get_value("Repair Call", frm.doc.repair_call, [
			"customer",
			"company",
			"equipment",
		]);
		frm.set_value(call);
	},

	refresh(frm) {
		if (frm.doc.receipt_entry && frappe.model.can_create("Product Refurbishment")) {
			aftersales.forms.add_button(
				frm,
				__("Refurbishment"),
				() =>
					frappe.new_doc("Product Refurbishment", {
						product_exchange: frm.doc.name,
						company: frm.doc.company,
						item_code: frm.doc.old_item_code,
						serial_no: frm.doc.old_serial_no,
						warehouse: frm.doc.old_warehouse,
					}),
				__("Create")
			);
		}
	},
});
