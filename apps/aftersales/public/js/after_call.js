frappe.provide("aftersales.forms");

// What usually follows a call that nobody has solved on the phone.
aftersales.forms.offer_after_call = function (call, $done) {
	if (call.complaint || ["Resolved", "Closed", "Cancelled"].includes(call.status)) return;
	const $next = $('<div class="pd-next">').appendTo($done);
	const offer = (label, doctype, method) => {
		if (!frappe.model.can_create(doctype)) return;
		$('<button type="button" class="btn btn-default btn-sm">')
			.text(label)
			.appendTo($next)
			.on("click", () => frappe.model.open_mapped_doc({ method, source_name: call.name }));
	};
	offer(__("Plan Visit"), "Service Voucher", "aftersales.field_service.visits.voucher_from_call");
	offer(__("Take In Product"), "Collection Receipt", "aftersales.customer_goods.custody.receipt_from_call");
};

// The product group of a product that the caller names.
aftersales.forms.product_group = (parent, change) =>
	frappe.ui.form.make_control({
		parent,
		df: {
			fieldtype: "Link",
			fieldname: "item_group",
			options: "Item Group",
			label: __("Product Group"),
			description: __("Decides which technicians are qualified."),
			change,
		},
		render_input: true,
	});
