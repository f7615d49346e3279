frappe.ui.form.on("Spare Part", {
	setup(frm) {
		frm.set_query("item_code", () => ({ filters: { is_stock_item: 1, disabled: 0 } }));
		frm.set_query("item_code", "substitutes", () => ({
			filters: { is_stock_item: 1, disabled: 0, name: ["!=", frm.doc.item_code] },
		}));
	},

	refresh(frm) {
		frm.trigger("show_stock");
		frm.trigger("show_where_used");
	},

	async show_where_used(frm) {
		frm.toggle_display("where_used_section", !frm.is_new());
		if (frm.is_new()) return;
		const used = await frappe.xcall("aftersales.spare_parts.part_search.where_used", {
			item_code: frm.doc.item_code,
		});
		const e = frappe.utils.escape_html;
		const part_link = (row) =>
			`${frappe.utils.get_form_link("Spare Part", row.item_code, true)} ${e(row.item_name || "")}`;
		const models = used.models.map(
			(row) =>
				`${e([row.brand, row.model].filter(Boolean).join(" "))}: ${__("{0} with customers", [
					row.products,
				])}`
		);
		const jobs = used.jobs
			.map(
				(job) => `<tr>
					<td>${frappe.datetime.str_to_user(job.on.split(" ")[0])}</td>
					<td>${frappe.utils.get_form_link(job.doctype, job.name, true)}</td>
					<td>${e(job.customer_name || "")}</td>
					<td>${job.equipment ? frappe.utils.get_form_link("Customer Equipment", job.equipment, true) : ""}</td>
					<td class="text-right">${frappe.format(job.qty, { fieldtype: "Float" }, { inline: 1 })}</td>
					<td>${e(job.serial_no || "")}</td>
				</tr>`
			)
			.join("");
		const line = (label, text) => (text ? `<p><span class="text-muted">${label}</span> ${text}</p>` : "");
		frm.get_field("where_used_html").$wrapper.html(`
			${line(__("Models"), models.join(" · "))}
			${line(__("May replace"), used.substitute_for.map(part_link).join(" · "))}
			${line(__("Used in twelve months"), frappe.format(used.used, { fieldtype: "Float" }, { inline: 1 }))}
			${
				jobs
					? `<div class="table-responsive"><table class="table table-bordered table-sm"><thead><tr>
						<th>${__("On")}</th><th>${__("Job")}</th><th>${__("Customer")}</th><th>${__(
							"Product",
							null,
							"After-sales"
					  )}</th>
						<th class="text-right">${__("Quantity")}</th><th>${__("Serial No Fitted")}</th>
					</tr></thead><tbody>${jobs}</tbody></table></div>`
					: `<p class="text-muted">${__("Not used on a job yet")}</p>`
			}`);
	},

	async show_stock(frm) {
		frm.toggle_display("stock_section", !frm.is_new());
		if (frm.is_new()) return;
		const { message: rows } = await frappe.call({
			method: "aftersales.spare_parts.parts.stock_by_warehouse",
			args: { item_code: frm.doc.item_code },
		});
		frm.get_field("stock_html").$wrapper.html(
			rows && rows.length
				? frm.events.stock_table(rows)
				: `<p class="text-muted">${__("None in stock")}</p>`
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
