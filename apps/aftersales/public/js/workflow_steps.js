// The buttons of an administrator's workflow act at once: what takes documents back, or posts them, is asked for first.
frappe.provide("aftersales.forms");

aftersales.forms.POSTED_BY_SUBMIT = ["Service Voucher", "Repair Card"];

// What to ask before a workflow takes the document from `docstatus` into `state`, or null.
aftersales.forms.question_before = function (doc, state) {
	const name = frappe.utils.escape_html(doc.name).bold();
	if (cint(state.doc_status) === 2) {
		return __("Cancel {0}? What was posted for it is cancelled, and its draft invoice is deleted.", [
			name,
		]);
	}
	if (state.update_field === "status" && state.update_value === "Cancelled") {
		return __("Cancel {0}?", [name]);
	}
	if (cint(state.doc_status) === 1 && !doc.docstatus) {
		return aftersales.forms.POSTED_BY_SUBMIT.includes(doc.doctype)
			? __("Complete {0}? Parts leave stock and the invoice is prepared.", [name])
			: null;
	}
	return null;
};

aftersales.forms.ask_before_workflow_action = function (frm) {
	const workflow = frappe.workflow.workflows[frm.doctype];
	const now = frm.doc[workflow.workflow_state_field];
	const transition = frappe
		.get_children(workflow, "transitions")
		.find(({ state, action }) => state === now && action === frm.selected_workflow_action);
	const next = frappe
		.get_children(workflow, "states")
		.find(({ state }) => state === transition?.next_state);
	const question = next && aftersales.forms.question_before(frm.doc, next);
	if (!question) return;
	frappe.dom.unfreeze(); // Frappe has frozen the page for the action
	return new Promise((resolve, reject) =>
		aftersales.forms.confirm(
			question,
			() => {
				frappe.dom.freeze();
				resolve();
			},
			() => reject()
		)
	);
};

[
	"Repair Call",
	"Service Voucher",
	"Repair Card",
	"Follow-up",
	"Service Complaint",
	"Loaner Issue",
	"Vendor Repair",
	"Collection Receipt",
].forEach((doctype) =>
	frappe.ui.form.on(doctype, { before_workflow_action: aftersales.forms.ask_before_workflow_action })
);
