// What the forms of visits, receipts and repair cards share. Loaded with them by `doctype_js`.
// Nothing is decided here: each button calls an action of the document, which checks for itself.
frappe.provide("aftersales.forms");

aftersales.forms.ERPNEXT_DOCUMENTS = [
	"Stock Entry",
	"Sales Invoice",
	"Delivery Note",
	"Journal Entry",
	"Payment Entry",
	"Quotation",
];

// A workflow made by the administrator brings its own buttons.
aftersales.forms.has_workflow = function (frm) {
	return Boolean(frappe.workflow.get_state_fieldname(frm.doctype));
};

aftersales.forms.act = async function (frm, method, args) {
	await frm.call({ doc: frm.doc, method, args: args || {}, freeze: true });
	await frm.reload_doc();
};

// The next step takes the place of Submit, which stays in the menu: on a phone only that button shows.
aftersales.forms.next_step = function (frm, label, action) {
	if (!frappe.model.is_submittable(frm.doctype) || frm.is_dirty()) {
		frm.add_custom_button(label, action).addClass("btn-primary");
		return;
	}
	frm.page.set_primary_action(label, action);
	frm.dashboard.clear_headline(); // "Submit this document to confirm" is not what comes next
	if (frm.doc.docstatus === 0 && frm.perm[0].submit) {
		frm.page.add_menu_item(__("Submit"), () => frm.savesubmit());
	}
};

aftersales.forms.ask = function (frm, { title, label, fields, method, action_label }) {
	const dialog = new frappe.ui.Dialog({
		title,
		fields,
		primary_action_label: action_label || label || __("Save"),
		async primary_action(values) {
			dialog.disable_primary_action();
			try {
				await aftersales.forms.act(frm, method, values);
				dialog.hide();
			} finally {
				dialog.enable_primary_action();
			}
		},
	});
	dialog.show();
	return dialog;
};

aftersales.forms.set_job_queries = function (frm) {
	frm.set_query("repair_call", () => ({
		filters: { status: ["not in", ["Closed", "Cancelled"]], ...(frm.doc.customer && { customer: frm.doc.customer }) },
	}));
	frm.set_query("equipment", () => ({
		filters: frm.doc.customer ? { customer: frm.doc.customer } : {},
	}));
	if (frm.fields_dict.service_category) {
		frm.set_query("service_category", () => ({ filters: { disabled: 0 } }));
	}
	if (!frm.fields_dict.parts) return;
	const of_company = () => ({ filters: { company: frm.doc.company, is_group: 0, disabled: 0 } });
	frm.set_query("warehouse", "parts", of_company);
	frm.set_query("item_code", "parts", () => ({ filters: { disabled: 0 } }));
	frm.set_query("batch_no", "parts", (doc, cdt, cdn) => ({
		filters: { item: frappe.get_doc(cdt, cdn).item_code },
	}));
	const active = () => ({ filters: { company: frm.doc.company, is_active: 1 } });
	frm.set_query("technician", "labour", active);
	if (frm.fields_dict.time_logs) frm.set_query("technician", "time_logs", active);
};

// Lets the user tick parts that fit the product, and adds them as lines.
aftersales.forms.choose_parts = async function (frm) {
	const { message: parts } = await frappe.call({
		method: "aftersales.repair_workshop.parts.parts_for_equipment",
		args: { equipment: frm.doc.equipment },
	});
	if (!parts || !parts.length) {
		frappe.msgprint(
			__("No spare part is listed for this model. Parts name the models they fit in Spare Part.")
		);
		return;
	}
	const dialog = new frappe.ui.Dialog({
		title: __("Parts for This Model"),
		fields: parts.map((part) => ({
			fieldtype: "Check",
			fieldname: part.item_code,
			label: `${frappe.utils.escape_html(part.item_code)}: ${frappe.utils.escape_html(
				part.item_name || ""
			)}`,
		})),
		primary_action_label: __("Add"),
		primary_action(values) {
			parts
				.filter((part) => values[part.item_code])
				.forEach((part) =>
					frm.add_child("parts", {
						item_code: part.item_code,
						item_name: part.item_name,
						qty: 1,
					})
				);
			frm.refresh_field("parts");
			frm.dirty();
			dialog.hide();
		},
	});
	dialog.show();
};

aftersales.forms.add_parts_button = function (frm) {
	if (frm.doc.docstatus === 0 && frm.doc.equipment && !frm.is_new()) {
		frm.add_custom_button(
			__("Parts for This Model"),
			() => aftersales.forms.choose_parts(frm),
			__("Add")
		);
	}
};

// What the accountant does with a finished job: receive its cash, and make again what somebody took back.
aftersales.forms.add_billing_buttons = function (frm) {
	const { doc } = frm;
	if (doc.docstatus !== 1) return;
	const add = (label, method, args, done) =>
		frm.add_custom_button(
			label,
			async () => {
				await frappe.call({ method, type: "POST", args, freeze: true });
				frappe.show_alert({ message: done, indicator: "green" });
				await frm.reload_doc();
			},
			__("Billing")
		);
	const has_role = (...roles) => roles.some((role) => frappe.user.has_role(role));
	if (doc.cash_collected && !doc.payment_entry && has_role("Service Accountant", "Service Manager")) {
		add(
			__("Receive Cash"),
			"aftersales.service_billing.cash.receive_cash",
			{ voucher: doc.name },
			__("Payment booked")
		);
	}
	const not_billed = doc.billing_status === "To Bill" && !doc.sales_invoice;
	const not_issued = doc.parts.length && !doc.stock_entry && !doc.delivery_note;
	if ((not_billed || not_issued) && has_role("Service Accountant", "Service Manager", "Service Supervisor")) {
		add(
			__("Post Again"),
			"aftersales.service_billing.posting.post_again",
			{ doctype: doc.doctype, name: doc.name },
			__("Everything this job needs is posted")
		);
	}
};
