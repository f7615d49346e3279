// What the workshop board asks before it takes a step: whether what cannot be undone is meant, and what the step needs.
frappe.provide("aftersales.board_steps");

aftersales.board_steps.confirm = function (card, step) {
	const question = step.question.replace("{0}", `<strong>${frappe.utils.escape_html(card.name)}</strong>`);
	return new Promise((resolve) => {
		const dialog = aftersales.forms.confirm(
			question,
			() => resolve(true),
			() => resolve(false)
		);
		dialog.get_primary_btn().text(step.label);
	});
};

aftersales.board_steps.ask = function (card, step, channels) {
	const fields = {
		approved_by: { fieldtype: "Data", label: __("Who"), reqd: 1 },
		channel: {
			fieldtype: "Select",
			label: __("How"),
			options: channels,
			default: channels[0],
			reqd: 1,
		},
		amount: {
			fieldtype: "Float",
			label: __("Net Amount ({0})", [card.currency || ""]),
			default: card.estimated_amount,
			reqd: 1,
		},
		reason: { fieldtype: "Small Text", label: __("Reason"), reqd: 1 },
		notes: { fieldtype: "Small Text", label: __("Test and Check") },
		signature: {
			fieldtype: "Signature",
			label: __("Signature of the Check"),
			description: __("Only where you have repaired this product yourself."),
		},
	};
	return new Promise((resolve) => {
		let answer = null;
		const dialog = new frappe.ui.Dialog({
			title: `${frappe.utils.escape_html(card.name)}: ${frappe.utils.escape_html(step.label)}`,
			fields: step.asks.map((name) => ({ fieldname: name, ...fields[name] })),
			primary_action_label: step.label,
			primary_action: (values) => {
				answer = values;
				dialog.hide();
			},
			on_hide: () => resolve(answer),
		});
		dialog.show();
	});
};
