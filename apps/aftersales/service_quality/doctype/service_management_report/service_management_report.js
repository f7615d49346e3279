frappe.ui.form.on("Service Management Report", {
	setup(frm) {
		frm.set_query("user", "recipients", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	},

	refresh(frm) {
		if (!frm.doc.company) return;
		aftersales.forms.add_button(frm, __("Show PDF"), () => {
			const month = frappe.datetime.add_months(frappe.datetime.month_start(), -1);
			window.open(
				`/api/method/aftersales.service_quality.management.management_report.show?company=${encodeURIComponent(
					frm.doc.company
				)}&month=${month}`
			);
		});
		if (!frm.doc.recipients?.length) return;
		aftersales.forms.add_button(frm, __("Send Now"), async () => {
			await aftersales.forms.save_typed(frm);
			const { message } = await frm.call({ doc: frm.doc, method: "send_now", freeze: true });
			frappe.show_alert({ message: __("Sent to {0} users.", [message]), indicator: "green" });
		});
	},
});
