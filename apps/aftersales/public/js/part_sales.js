// Parts sold from a call without a repair. Loaded by `doctype_js`; the server decides.
frappe.provide("aftersales.part_sales");

aftersales.part_sales.ask = function (frm) {
	const dialog = new frappe.ui.Dialog({
		title: __("Sell Parts"),
		fields: [
			{
				fieldname: "document",
				fieldtype: "Select",
				label: __("As"),
				options: [
					{ value: "Quotation", label: __("Quotation: offer them") },
					{ value: "Sales Order", label: __("Sales Order: ship them later") },
					{ value: "Sales Invoice", label: __("Sales Invoice: hand them over now") },
				],
				default: "Quotation",
				reqd: 1,
			},
			{
				fieldname: "warehouse",
				fieldtype: "Link",
				options: "Warehouse",
				label: __("From Warehouse"),
				get_query: () => ({ filters: { company: frm.doc.company, is_group: 0 } }),
			},
			{
				fieldname: "parts",
				fieldtype: "Table",
				label: __("Parts"),
				reqd: 1,
				in_place_edit: true,
				data: [{ idx: 1, qty: 1 }],
				fields: [
					{
						fieldname: "item_code",
						fieldtype: "Link",
						options: "Item",
						label: __("Part"),
						in_list_view: 1,
						reqd: 1,
						get_query: () => ({ filters: { disabled: 0, is_sales_item: 1, has_variants: 0 } }),
					},
					{
						fieldname: "qty",
						fieldtype: "Float",
						label: __("Quantity"),
						default: 1,
						in_list_view: 1,
					},
				],
			},
		],
		primary_action_label: __("Create"),
		primary_action: aftersales.forms.answer(async ({ document, warehouse, parts }) => {
			const made = await frappe.xcall("aftersales.spare_parts.part_sales.sell_parts", {
				repair_call: frm.doc.name,
				document,
				warehouse,
				parts,
			});
			if (frappe.model.can_read(made.doctype)) frappe.set_route("Form", made.doctype, made.name);
			else frappe.msgprint(__("{0} {1} was created.", [__(made.doctype), made.name.bold()]));
		}),
	});
	dialog.show();
};

if (!aftersales.part_sales.registered) {
	aftersales.part_sales.registered = true;
	frappe.ui.form.on("Repair Call", {
		refresh(frm) {
			if (frm.is_new() || frm.doc.status === "Cancelled" || !frm.doc.customer) return;
			aftersales.forms.add_button(
				frm,
				__("Part Sale"),
				() => aftersales.part_sales.ask(frm),
				__("Create")
			);
		},
	});
}
