frappe.ui.form.on("Service Contract", {
	setup(frm) {
		frm.set_query("equipment", "equipment", () => ({ filters: { customer: frm.doc.customer } }));
		frm.set_query("plan", "plans", () => ({
			filters: frm.doc.currency ? { currency: frm.doc.currency } : {},
		}));
	},

	refresh(frm) {
		if (frm.doc.docstatus !== 1) return;
		aftersales.forms.show_entitlement(frm, frm.doc.name);
		frm.trigger("add_buttons");
		frm.trigger("show_unused_fee");
		frm.trigger("show_missing_fee");
	},

	show_missing_fee(frm) {
		const missing = frm.doc.__onload?.missing_fee || [];
		if (!missing.length) return;
		missing.forEach((told) => frm.dashboard.add_comment(told, "orange", true));
		if (!frm.perm[0].submit) return;
		aftersales.forms.add_button(
			frm,
			__("Invoices of Missing Fees"),
			async () => {
				await aftersales.forms.save_typed(frm);
				const { message: made } = await frm.call({
					doc: frm.doc,
					method: "invoice_missing_fees",
					freeze: true,
				});
				if (made?.length) frappe.set_route("Form", "Sales Invoice", made[0]);
			},
			__("Create")
		);
	},

	show_unused_fee(frm) {
		const unused = frm.doc.__onload?.unused_fee || [];
		if (!unused.length) return;
		unused.forEach((told) => frm.dashboard.add_comment(told, "orange", true));
		if (!frm.perm[0].submit) return;
		aftersales.forms.add_button(
			frm,
			__("Credit of the Unused Fee"),
			async () => {
				await aftersales.forms.save_typed(frm);
				const { message: made } = await frm.call({
					doc: frm.doc,
					method: "credit_unused_fee",
					freeze: true,
				});
				if (made?.length) frappe.set_route("Form", "Sales Invoice", made[0]);
			},
			__("Create")
		);
	},

	add_buttons(frm) {
		const create = __("Create");
		aftersales.forms.add_button(
			frm,
			__("Renewal"),
			() =>
				frappe.model.open_mapped_doc({
					method: "aftersales.service_contracts.contracts.renewal_of",
					frm,
				}),
			create
		);
		aftersales.forms.add_button(
			frm,
			__("Service Target"),
			() => frappe.new_doc("Service Target", { service_contract: frm.doc.name }),
			create
		);
		if (frm.doc.status === "Expired" || !frm.perm[0].submit) return;
		aftersales.forms.add_menu_item(frm.page, __("End Early"), () =>
			aftersales.forms.ask(frm, {
				title: __("End the Contract Early"),
				fields: [
					{
						fieldname: "end_date",
						fieldtype: "Date",
						label: __("Last Day"),
						default: frappe.datetime.get_today(),
						reqd: 1,
					},
					{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 },
				],
				method: "end_early",
				action_label: __("End Contract"),
			})
		);
	},
});
