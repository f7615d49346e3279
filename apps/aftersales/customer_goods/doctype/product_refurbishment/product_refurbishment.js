frappe.ui.form.on("Product Refurbishment", {
	setup(frm) {
		frm.ignore_doctypes_on_cancel_all = ["Stock Entry"];
		const open = () => ({ filters: { company: frm.doc.company, is_group: 0, disabled: 0 } });
		frm.set_query("warehouse", open);
		frm.set_query("to_warehouse", open);
		frm.set_query("warehouse", "parts", open);
		const stocked = () => ({ filters: { is_stock_item: 1, disabled: 0 } });
		frm.set_query("item_code", stocked);
		frm.set_query("new_item_code", stocked);
		frm.set_query("item_code", "parts", stocked);
		frm.set_query("serial_no", () => ({ filters: { item_code: frm.doc.item_code } }));
		frm.set_query("batch_no", "parts", (doc, cdt, cdn) => ({
			filters: { item: frappe.get_doc(cdt, cdn).item_code },
		}));
		frm.set_query("product_exchange", () => ({
			filters: { docstatus: 1, old_unit: "Own Stock" },
		}));
		for (const fieldname of ["technician", "tested_by"]) {
			frm.set_query(fieldname, () => ({ filters: { is_active: 1 } }));
		}
	},

	async product_exchange(frm) {
		if (!frm.doc.product_exchange) return;
		const { message: unit } = await frappe.db.get_value("Product Exchange", frm.doc.product_exchange, [
			"company",
			"old_item_code",
			"old_serial_no",
			"old_warehouse",
		]);
		await frm.set_value({
			company: unit.company,
			item_code: unit.old_item_code,
			serial_no: unit.old_serial_no,
			warehouse: unit.old_warehouse,
		});
	},

	refresh(frm) {
		frm.trigger("show_history");
	},

	outcome: (frm) => frm.refresh_field("parts"),
	serial_no: (frm) => frm.trigger("show_history"),

	async show_history(frm) {
		const field = frm.get_field("history");
		field.$wrapper.empty();
		const { serial_no } = frm.doc;
		if (!serial_no) return;
		const { message: rows } = await frappe.call({
			method: "aftersales.customer_goods.refurbishing.history.of_unit",
			args: { serial_no },
		});
		if (frm.doc.serial_no !== serial_no) return;
		field.$wrapper.html(history_table(rows || []));
	},
});

function history_table(rows) {
	if (!rows.length) return `<p class="text-muted">${__("Nothing is on file of this unit.")}</p>`;
	const text = frappe.utils.escape_html;
	const lines = rows.map(
		(row) => `<tr>
			<td class="text-nowrap">${frappe.datetime.str_to_user(row.on)}</td>
			<td>${text(row.what)}</td>
			<td>${frappe.utils.get_form_link(row.doctype, row.name, true)}</td>
			<td>${text(row.detail)}</td>
		</tr>`
	);
	return `<div class="table-responsive"><table class="table table-bordered small">
		<thead><tr><th>${__("Date")}</th><th>${__("What")}</th><th>${__("Document")}</th><th>${__(
		"Details"
	)}</th></tr></thead>
		<tbody>${lines.join("")}</tbody></table></div>`;
}
