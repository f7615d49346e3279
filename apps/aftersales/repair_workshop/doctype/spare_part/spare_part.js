frappe.ui.form.on("Spare Part", {
	setup(frm) {
		frm.set_query("item_code", () => ({ filters: { is_stock_item: 1, disabled: 0 } }));
		frm.set_query("item_code", "substitutes", () => ({
			filters: { is_stock_item: 1, disabled: 0, name: ["!=", frm.doc.item_code] },
		}));
	},

	refresh(frm) {
		frm.trigger("show_stock");
	},

	async show_stock(frm) {
		frm.toggle_display("stock_section", !frm.is_new());
		if (frm.is_new()) return;
		const { message: rows } = await frappe.call({
			method: "aftersales.repair_workshop.parts.stock_by_warehouse",
			args: { item_code: frm.doc.item_code },
		});
		frm.get_field("stock_html").$wrapper.html(
			rows && rows.length ? frm.events.stock_table(rows) : `<p class="text-muted">${__("None in stock")}</p>`
		);
	},

	stock_table(rows) {
		const cell = (value) => `<td class="text-right">${frappe.format(value, { fieldtype: "Float" })}</td>`;
		const body = rows
			.map(
				(row) =>
					`<tr><td>${frappe.utils.escape_html(row.warehouse)}</td>${cell(row.actual_qty)}${cell(
						row.reserved_qty
					)}${cell(row.projected_qty)}</tr>`
			)
			.join("");
		return `<table class="table table-bordered table-sm">
			<thead><tr>
				<th>${__("Warehouse")}</th>
				<th class="text-right">${__("There")}</th>
				<th class="text-right">${__("Reserved")}</th>
				<th class="text-right">${__("Projected")}</th>
			</tr></thead>
			<tbody>${body}</tbody>
		</table>`;
	},
});
