frappe.ui.form.on("Uncollected Product", {
	refresh(frm) {
		if (frm.is_new() || frm.doc.status !== "Open") return;
		const act = async (method, args) => {
			await frappe.xcall(`aftersales.repair_workshop.uncollected.${method}`, {
				name: frm.doc.name,
				...args,
			});
			frm.reload_doc();
		};
		if (frappe.user.has_role(["Service Supervisor", "Service Manager", "Service Accountant"])) {
			aftersales.forms.add_button(frm, __("Charge Storage"), () => act("charge_storage"));
		}
		if (!frappe.user.has_role("Service Manager")) return;
		aftersales.forms.add_button(frm, __("Dispose"), () => {
			const dialog = new frappe.ui.Dialog({
				title: __("Dispose"),
				fields: [
					{
						fieldname: "disposal",
						fieldtype: "Select",
						label: __("Disposal"),
						options: frm.fields_dict.disposal.df.options.split("\n").filter(Boolean),
						reqd: 1,
					},
					{
						fieldname: "reason",
						fieldtype: "Small Text",
						label: __("Reason for the Disposal"),
						reqd: 1,
					},
				],
				primary_action_label: __("Dispose"),
				primary_action: aftersales.forms.answer((values) => act("dispose", values)),
			});
			dialog.show();
		});
	},
});
