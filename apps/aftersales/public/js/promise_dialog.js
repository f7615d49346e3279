// Outside what the customer was promised a visit is planned only after somebody has said so: who needs another time?
frappe.provide("aftersales");

// Gives `{minute, changed_for}` for the time that was asked for, `{minute}` for the promise, or null.
aftersales.ask_about_promise = function ({ customer, window, starts, minute, promised, tells_customers }) {
	const told = tells_customers
		? __("The customer is sent the new time when the visit is dispatched.")
		: __("Messages to customers are off: call the customer and say the new time.");
	const facts = __("{0} was promised {1}. This visit begins at {2}.", [
		frappe.utils.escape_html(customer).bold(),
		window.bold(),
		starts.bold(),
	]);
	return new Promise((resolve) => {
		let answer = null;
		const dialog = new frappe.ui.Dialog({
			title: __("Outside the Promised Window"),
			fields: [
				{ fieldname: "facts", fieldtype: "HTML", options: `<p>${facts}</p><p>${told}</p>` },
				{
					fieldname: "changed_for",
					fieldtype: "Select",
					label: __("Who needs another time?"),
					options: ["Service", "Customer"].map((value) => ({ value, label: __(value) })),
					default: "Service",
					reqd: 1,
				},
			],
			primary_action_label: __("Plan and Tell the Customer"),
			primary_action: ({ changed_for }) => {
				answer = { minute, changed_for };
				dialog.hide();
			},
			secondary_action_label: promised ? __("Keep the Promise: {0}", [promised.clock]) : __("Close"),
			secondary_action: () => {
				answer = promised ? { minute: promised.minute } : null;
				dialog.hide();
			},
		});
		dialog.onhide = () => resolve(answer);
		dialog.$wrapper.addClass("db-promise-dialog");
		dialog.show();
	});
};
