frappe.ui.form.on("Vendor Repair", {
	setup(frm) {
		frm.ignore_doctypes_on_cancel_all = ["Purchase Order", "Purchase Invoice"];
		// Also by the + among the connections
		frm.make_methods = {
			"Purchase Order": () => aftersales.forms.act(frm, "make_purchase_order"),
			"Purchase Invoice": () => frm.trigger("draft_bill"),
		};
		frm.set_query("repair_card", () => ({ filters: { docstatus: 0 } }));
		frm.set_query("supplier", () => ({ filters: { disabled: 0 } }));
	},

	draft_bill(frm) {
		frappe.model.open_mapped_doc({
			method: "aftersales.vendor_repairs.vendor_repairs.bill_from_vendor_repair",
			frm,
		});
	},

	refresh(frm) {
		if (frm.is_new() || frm.doc.docstatus !== 1) return;
		if (!frm.doc.purchase_order && frappe.model.can_create("Purchase Invoice")) {
			aftersales.forms.add_button(
				frm,
				__("Purchase Invoice"),
				() => frm.trigger("draft_bill"),
				__("Create")
			);
		}
		if (!aftersales.forms.may_write(frm)) return;
		if (!frm.doc.purchase_order && frm.doc.cost_source === "Estimate") {
			aftersales.forms.add_button(
				frm,
				__("Purchase Order"),
				() => aftersales.forms.act(frm, "make_purchase_order"),
				__("Create")
			);
		}
		if (frm.doc.status !== "Sent") return;
		const ask = () =>
			aftersales.forms.ask(frm, {
				title: __("Receive from Vendor"),
				fields: [
					{
						fieldname: "result",
						fieldtype: "Select",
						label: __("Result"),
						options: frm.fields_dict.result.df.options.split("\n").filter(Boolean),
						reqd: 1,
					},
					{
						fieldname: "notes",
						fieldtype: "Small Text",
						label: __("What the Vendor Did"),
						reqd: 1,
					},
					{
						fieldname: "new_serial_no",
						fieldtype: "Data",
						label: __("Serial Number of the Replacement"),
						depends_on: "eval:doc.result=='Replaced'",
					},
				],
				method: "receive",
				action_label: __("Is Back"),
			});
		// An action of a workflow takes no text with it: what has to be said beside the step keeps its button.
		if (aftersales.forms.has_workflow(frm)) aftersales.forms.add_button(frm, __("Record Return"), ask);
		else aftersales.forms.next_step(frm, __("Receive from Vendor"), ask);
		// After the next step, which clears the headline
		if (frm.doc.expected_back && frm.doc.expected_back < frappe.datetime.get_today()) {
			const since = frappe.datetime.str_to_user(frm.doc.expected_back);
			frm.dashboard.add_comment(__("Expected back since {0}", [since]), "red", true);
		}
	},
});
