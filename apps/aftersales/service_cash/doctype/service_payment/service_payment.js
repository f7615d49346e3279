frappe.ui.form.on("Service Payment", {
	setup(frm) {
		frm.ignore_doctypes_on_cancel_all = ["Payment Entry"];
		frm.set_query("mode_of_payment", () => ({ filters: { enabled: 1 } }));
		frm.set_query("reference_name", () => ({
			filters: frm.doc.reference_doctype === "Repair Call" ? {} : { docstatus: ["<", 2] },
		}));
	},

	refresh(frm) {
		const { doc } = frm;
		if (doc.docstatus !== 1) return;
		const colors = {
			Received: "blue",
			"Partly Allocated": "orange",
			Allocated: "green",
			Refunded: "gray",
		};
		frm.page.set_indicator(__(doc.status), colors[doc.status]);
		if (doc.open_amount > 0 && frappe.user.has_role(["Service Accountant", "Service Manager"])) {
			aftersales.forms.add_button(frm, __("Refund"), () => frm.events.ask_refund(frm));
		}
	},

	ask_refund(frm) {
		const dialog = new frappe.ui.Dialog({
			title: __("Refund"),
			fields: [
				{
					fieldname: "amount",
					fieldtype: "Currency",
					options: frm.doc.currency,
					label: __("Amount"),
					default: frm.doc.open_amount,
					reqd: 1,
				},
				{
					fieldname: "mode_of_payment",
					fieldtype: "Link",
					options: "Mode of Payment",
					label: __("Mode of Payment"),
					default: frm.doc.mode_of_payment,
					get_query: () => ({ filters: { enabled: 1 } }),
					reqd: 1,
				},
				{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason for Refund"), reqd: 1 },
			],
			primary_action_label: __("Refund"),
			primary_action: aftersales.forms.answer(async (values) => {
				await aftersales.forms.act(frm, "refund", {
					...values,
					refunded_so_far: frm.doc.refunded_amount,
				});
			}),
		});
		dialog.show();
	},
});
