frappe.ui.form.on("Loaner Issue", {
	setup(frm) {
		frm.ignore_doctypes_on_cancel_all = ["Stock Entry"];
		aftersales.forms.set_job_queries(frm);
		const own = () => ({ filters: { company: frm.doc.company, is_group: 0, disabled: 0 } });
		["from_warehouse", "to_warehouse", "return_warehouse"].forEach((name) => frm.set_query(name, own));
		frm.set_query("item_code", () => ({ filters: { is_stock_item: 1, has_batch_no: 0, disabled: 0 } }));
		frm.set_query("serial_no", () => ({
			filters: {
				item_code: frm.doc.item_code,
				...(frm.doc.from_warehouse && { warehouse: frm.doc.from_warehouse }),
			},
		}));
	},

	refresh(frm) {
		frm.trigger("add_charge_buttons");
		if (frm.is_new() || frm.doc.docstatus !== 1 || frm.doc.status !== "Issued") return;
		// An action of a workflow takes no text with it: what has to be said beside the step keeps its button.
		if (aftersales.forms.has_workflow(frm)) {
			aftersales.forms.add_button(frm, __("Record Return"), () => frm.events.ask_for_return(frm));
		} else {
			aftersales.forms.next_step(frm, __("Take Back"), () => frm.events.ask_for_return(frm));
		}
		// After the next step, which clears the headline
		if (frm.doc.due_back < frappe.datetime.get_today()) {
			frm.dashboard.add_comment(
				__("Due back since {0}", [frappe.datetime.str_to_user(frm.doc.due_back)]),
				"red",
				true
			);
		}
		aftersales.forms.add_menu_item(frm.page, __("Declare Lost"), () =>
			aftersales.forms.ask(frm, {
				title: __("Declare Lost"),
				fields: [
					{ fieldname: "reason", fieldtype: "Small Text", label: __("How it was lost"), reqd: 1 },
				],
				method: "declare_lost",
				action_label: __("Declare"),
			})
		);
	},

	// Lost or damaged: somebody decides whether the customer pays.
	add_charge_buttons(frm) {
		const { doc } = frm;
		const damaged = doc.status === "Returned" && ["Damaged", "Incomplete"].includes(doc.return_condition);
		if (doc.docstatus !== 1 || doc.charge_decision || !(doc.status === "Lost" || damaged)) return;
		if (!frappe.user.has_role(["Service Supervisor", "Service Manager", "Service Accountant"])) return;
		const reason = {
			fieldname: "reason",
			fieldtype: "Small Text",
			label: __("Reason for the Decision"),
			reqd: 1,
		};
		const amount = {
			fieldname: "amount",
			fieldtype: "Currency",
			label: __("Net Amount"),
			default: doc.value,
			reqd: 1,
		};
		const ask = (title, method, fields) => () =>
			aftersales.forms.ask(frm, { title, fields, method, action_label: title });
		const group = __("Loss or Damage");
		aftersales.forms.add_button(
			frm,
			__("Charge Customer"),
			ask(__("Charge Customer"), "charge_customer", [amount, reason]),
			group
		);
		aftersales.forms.add_button(frm, __("Write Off"), ask(__("Write Off"), "write_off", [reason]), group);
	},

	ask_for_return(frm) {
		aftersales.forms.ask(frm, {
			title: __("Take Back Loaner"),
			fields: [
				{
					fieldname: "condition",
					fieldtype: "Select",
					label: __("Condition", null, "After-sales"),
					options: frm.fields_dict.return_condition.df.options.split("\n").filter(Boolean),
					reqd: 1,
				},
				{
					fieldname: "warehouse",
					fieldtype: "Link",
					options: "Warehouse",
					label: __("Back into"),
					default: frm.doc.from_warehouse,
					get_query: () => ({ filters: { company: frm.doc.company, is_group: 0, disabled: 0 } }),
				},
				{ fieldname: "signed_by", fieldtype: "Data", label: __("Given back by") },
				{ fieldname: "signature", fieldtype: "Signature", label: __("Signature") },
				{
					fieldname: "notes",
					fieldtype: "Small Text",
					label: __("Notes"),
					description: __("Needed without signature, and when it is damaged or incomplete"),
				},
			],
			method: "take_back",
			action_label: __("Take Back"),
		});
	},
});
