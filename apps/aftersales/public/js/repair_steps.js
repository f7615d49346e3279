// Steps of a repair card that ask something, or are several in one go (repair_workshop/quick_steps.py). Loaded with the
// form by `doctype_js`.
frappe.provide("aftersales.repair_steps");

// Without messages nobody has asked the customer yet: the link, or a call, does.
aftersales.repair_steps.say_who_is_told = async function (frm) {
	const { message: settings } = await frappe.db.get_value(
		"Aftersales Settings",
		"Aftersales Settings",
		"send_customer_messages"
	);
	if (cint(settings?.send_customer_messages)) return;
	const may_send = frappe.user.has_role(aftersales.customer_links.ROLES);
	frappe.msgprint({
		title: __("The customer has not been told"),
		indicator: "orange",
		message: __(
			"Messages to customers are off. Call the customer and record the answer, or send the link by which the customer decides."
		),
		...(may_send && {
			primary_action: {
				label: __("Copy Link"),
				action: () => {
					frappe.hide_msgprint(true);
					aftersales.customer_links.copy(frm, "Estimate");
				},
			},
		}),
	});
};

aftersales.repair_steps.check_fields = function (frm) {
	const notes = { fieldname: "notes", fieldtype: "Small Text", label: __("Test and Check") };
	if (!frm.doc.__onload?.own_check) return [notes];
	return [
		notes,
		{
			fieldname: "signature",
			fieldtype: "Signature",
			label: __("Signature of the Check"),
			description: __("You have repaired this product yourself: sign for the check."),
		},
	];
};

// Several steps in one go (repair_workshop/quick_steps.py).
aftersales.repair_steps.ask_quick = function (frm, method, { title, fields, label }) {
	const dialog = new frappe.ui.Dialog({
		title,
		fields,
		primary_action_label: label,
		primary_action: aftersales.forms.answer(async (values) => {
			await aftersales.forms.save_typed(frm);
			frappe.ui.form.is_saving = true; // see aftersales.forms.act
			try {
				await frappe.xcall(
					`aftersales.repair_workshop.quick_steps.${method}`,
					{ card: frm.docname, ...values },
					"POST",
					{ freeze: true }
				);
				await frm.reload_doc();
			} finally {
				frappe.ui.form.is_saving = false;
			}
		}),
	});
	dialog.show();
	return dialog;
};

// Hours and the repairer are asked for where nobody has recorded any.
aftersales.repair_steps.hand_to_check = function (frm) {
	if (frm.doc.labour?.length || frm.doc.time_logs?.length) {
		return aftersales.forms.act(frm, "hand_to_check");
	}
	aftersales.repair_steps.ask_quick(frm, "hand_to_check", {
		title: __("To Quality Check"),
		fields: [
			{
				fieldname: "technician",
				fieldtype: "Link",
				options: "Service Technician",
				label: __("Repaired by"),
				reqd: 1,
				default: frm.doc.assigned_technician || frm.doc.__onload?.own_technicians?.[0],
			},
			{
				fieldname: "hours",
				fieldtype: "Float",
				label: __("Hours of Repair"),
				default: 1,
				description: __("Nobody has recorded time on this card."),
			},
		],
		label: __("To Quality Check"),
	});
};
