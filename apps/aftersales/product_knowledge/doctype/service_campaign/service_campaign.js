frappe.ui.form.on("Service Campaign", {
	async refresh(frm) {
		frm.set_query("request_type", () => ({ filters: { disabled: 0 } }));
		frm.set_query("product_document", () => ({ filters: { disabled: 0, audience: "Customer" } }));
		if (frm.is_new()) return;
		frm.trigger("show_progress");
		if (!frm.perm[0]?.write || !frappe.user.has_role(["Service Supervisor", "Service Manager"])) return;
		if (frm.doc.status === "Draft") {
			aftersales.forms
				.add_button(frm, __("Start", null, "After-sales"), () => frm.trigger("start"))
				.addClass("btn-primary");
		}
		if (frm.doc.status === "Running") {
			aftersales.forms.add_button(frm, __("Close"), async () => {
				await aftersales.forms.save_typed(frm);
				await frm.call({ doc: frm.doc, method: "close", freeze: true });
				await frm.reload_doc();
			});
		}
	},

	async start(frm) {
		await aftersales.forms.save_typed(frm);
		const { message } = await frm.call({ doc: frm.doc, method: "concerned" });
		const dialog = new frappe.ui.Dialog({
			title: __("Start the Campaign"),
			fields: [
				{
					fieldname: "concerned",
					fieldtype: "HTML",
					options: `<p>${__("{0} products of {1} customers are concerned.", [
						message.products,
						message.customers,
					])}</p>`,
				},
			],
			primary_action_label: __("Start", null, "After-sales"),
			primary_action: aftersales.forms.answer(async () => {
				await frm.call({ doc: frm.doc, method: "start", freeze: true });
				await frm.reload_doc();
			}),
		});
		dialog.show();
	},

	show_progress(frm) {
		const doc = frm.doc;
		if (doc.status === "Draft" || !doc.products || !doc.makes_calls) return;
		const done = Math.round((100 * (doc.done + doc.not_possible)) / doc.products);
		frm.dashboard.add_progress(__("Done"), done, __("{0} of {1} products", [doc.done, doc.products]));
	},
});
