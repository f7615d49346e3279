// The quote on a visit: made from its lines, answered by the customer. Loaded by `doctype_js`; the server decides.
frappe.provide("aftersales.visit_quotes");

const SERVER = "aftersales.field_service.quotes";

aftersales.visit_quotes.call = async function (frm, method, args) {
	await aftersales.forms.save_typed(frm);
	frappe.dom.freeze();
	try {
		await frappe.xcall(`${SERVER}.${method}`, { voucher: frm.doc.name, ...args });
		await frm.reload_doc();
	} finally {
		frappe.dom.unfreeze();
	}
};

aftersales.visit_quotes.refresh = function (frm) {
	const { doc } = frm;
	if (frm.is_new() || doc.docstatus !== 0 || doc.status === "Cancelled") return;
	if (!aftersales.forms.may_write(frm)) return;
	const group = __("Quote");
	const charged = [...(doc.labour || []), ...(doc.parts || [])].some((row) => row.charge_to === "Customer");
	if (charged) {
		aftersales.forms.add_button(
			frm,
			doc.quotation ? __("Quote Again") : __("Create Quote"),
			() => aftersales.visit_quotes.call(frm, "make_quote"),
			group
		);
	}
	if (doc.approval_status !== "Pending") return;
	aftersales.forms.add_button(
		frm,
		__("Record Acceptance"),
		() => aftersales.visit_quotes.ask_acceptance(frm),
		group
	);
	aftersales.forms.add_button(
		frm,
		__("Record Decline"),
		() => aftersales.visit_quotes.ask_decline(frm),
		group
	);
};

aftersales.visit_quotes.ask_acceptance = function (frm) {
	const signs = "eval:doc.channel === 'Signature'";
	const dialog = new frappe.ui.Dialog({
		title: __("Record Acceptance"),
		fields: [
			{
				fieldname: "amount",
				fieldtype: "Currency",
				label: __("Accepted (Net)"),
				options: frm.doc.currency,
				default: frm.doc.estimated_amount,
				reqd: 1,
			},
			{ fieldname: "approved_by", fieldtype: "Data", label: __("Accepted by"), reqd: 1 },
			{
				fieldname: "channel",
				fieldtype: "Select",
				label: __("Accepted through"),
				options: ["Signature", "Phone", "E-mail", "In Person", "Letter"].map((value) => ({
					value,
					label: __(value),
				})),
				default: "Signature",
				reqd: 1,
			},
			{
				fieldname: "signature",
				fieldtype: "Signature",
				label: __("Signature"),
				depends_on: signs,
				mandatory_depends_on: signs,
			},
		],
		primary_action_label: __("Accept"),
		primary_action: aftersales.forms.answer(async (values) => {
			await aftersales.visit_quotes.call(frm, "accept_quote", values);
		}),
	});
	dialog.show();
};

aftersales.visit_quotes.ask_decline = function (frm) {
	const dialog = new frappe.ui.Dialog({
		title: __("Record Decline"),
		fields: [
			{
				fieldname: "reason",
				fieldtype: "Small Text",
				label: __("Reason for Declining"),
				description: __("Diagnosis, travel, call-out and fee are charged all the same."),
				reqd: 1,
			},
		],
		primary_action_label: __("Decline"),
		primary_action: aftersales.forms.answer(async (values) => {
			await aftersales.visit_quotes.call(frm, "decline_quote", values);
		}),
	});
	dialog.show();
};

if (!aftersales.visit_quotes.registered) {
	aftersales.visit_quotes.registered = true;
	frappe.ui.form.on("Service Voucher", { refresh: (frm) => aftersales.visit_quotes.refresh(frm) });
}
