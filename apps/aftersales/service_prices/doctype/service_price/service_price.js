frappe.ui.form.on("Service Price", {
	setup(frm) {
		frm.set_query("item_code", () => ({ filters: { is_stock_item: 0, disabled: 0, has_variants: 0 } }));
		frm.set_query("request_type", () => ({ filters: { disabled: 0 } }));
		frm.set_query("service_zone", () => ({ filters: { disabled: 0 } }));
	},

	async refresh(frm) {
		if (frm.is_new() || !frm.doc.item_code || frm.doc.kind === "Surcharge") return;
		const rows = await frappe.db.get_list("Item Price", {
			filters: { item_code: frm.doc.item_code, selling: 1 },
			fields: ["price_list", "price_list_rate", "currency", "customer"],
			order_by: "price_list asc",
			limit: 10,
		});
		const escape = frappe.utils.escape_html;
		frm.set_intro(
			rows.length
				? rows
						.map(
							(row) =>
								`${escape(row.customer || row.price_list)}: ${format_currency(
									row.price_list_rate,
									row.currency
								)}`
						)
						.join("<br>")
				: __(
						"{0} has no selling price yet. Add an Item Price, otherwise the job cannot be invoiced.",
						[escape(frm.doc.item_code).bold()]
				  ),
			rows.length ? "blue" : "orange"
		);
	},
});
