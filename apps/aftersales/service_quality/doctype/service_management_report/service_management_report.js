frappe.ui.form.on("Service Management Report", {
	setup(frm) {
		frm.set_query("recipients", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	},

	refresh(frm) {
		if (!frm.doc.company) return;
		aftersales.forms.add_button(frm, __("Show PDF"), () => {
			const months = frm.doc.frequency === "Quarter" ? -3 : -1;
			const args = {
				company: frm.doc.company,
				month: frappe.datetime.add_months(frappe.datetime.month_start(), months),
				frequency: frm.doc.frequency,
			};
			const method = "aftersales.service_quality.management.management_report.show";
			window.open(`/api/method/${method}?${new URLSearchParams(args)}`);
		});
		if (!frm.doc.recipients?.length) return;
		aftersales.forms.add_button(frm, __("Send Now"), async () => {
			await aftersales.forms.save_typed(frm);
			const { message } = await frm.call({ doc: frm.doc, method: "send_now", freeze: true });
			frappe.show_alert({ message: __("Sent to {0} users.", [message]), indicator: "green" });
		});
	},
});
