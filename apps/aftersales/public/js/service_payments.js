// "Receive Payment" on calls, visits and cards. Loaded by `doctype_js`; the server decides.
frappe.provide("aftersales.service_payments");

aftersales.service_payments.ask = async function (frm) {
	const known = await frappe.xcall("aftersales.service_cash.payments.receipts.payments_of", {
		reference_doctype: frm.doctype,
		reference_name: frm.doc.name,
	});
	const key = frappe.utils.get_random(20);
	const dialog = new frappe.ui.Dialog({
		title: __("Receive Payment"),
		fields: [
			{
				fieldname: "amount",
				fieldtype: "Currency",
				options: known.currency,
				label: __("Amount"),
				default: known.due || null,
				reqd: 1,
				description: known.due === null ? __("A deposit, before the price is known") : "",
			},
			{
				fieldname: "mode_of_payment",
				fieldtype: "Link",
				options: "Mode of Payment",
				label: __("Mode of Payment"),
				get_query: () => ({ filters: { enabled: 1 } }),
				reqd: 1,
			},
			{
				fieldname: "reference_no",
				fieldtype: "Data",
				label: __("Reference"),
				description: __("Number of the terminal slip or of the transfer"),
			},
			{
				fieldname: "fee",
				fieldtype: "Currency",
				options: known.currency,
				label: __("Fee Kept Back"),
				hidden: known.takes_fee ? 0 : 1,
				description: __("What the card company or gateway pays out less than the customer pays"),
			},
		],
		primary_action_label: __("Receive"),
		primary_action: aftersales.forms.answer(async (values) => {
			const payment = await frappe.xcall("aftersales.service_cash.payments.receipts.take_payment", {
				reference_doctype: frm.doctype,
				reference_name: frm.doc.name,
				entry_key: key,
				...values,
			});
			frappe.show_alert({ message: __("Receipt {0}", [payment.receipt]), indicator: "green" });
			frm.reload_doc();
		}),
	});
	dialog.show();
};

aftersales.service_payments.refresh = function (frm) {
	if (frm.is_new() || !frm.doc.customer || frm.doc.status === "Cancelled" || frm.doc.docstatus === 2)
		return;
	if (!frappe.model.can_create("Service Payment") || frm.doc.billing_status === "Paid") return;
	aftersales.forms.add_button(frm, __("Payment"), () => aftersales.service_payments.ask(frm), __("Create"));
};

if (!aftersales.service_payments.registered) {
	aftersales.service_payments.registered = true;
	["Repair Call", "Service Voucher", "Repair Card"].forEach((doctype) =>
		frappe.ui.form.on(doctype, { refresh: (frm) => aftersales.service_payments.refresh(frm) })
	);
}
