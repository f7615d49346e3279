frappe.ui.form.on("Loaner Issue", {
	setup(frm) {
		frm.ignore_doctypes_on_cancel_all = ["Stock Entry"];
		aftersales.forms.set_job_queries(frm);
		frm.set_query("item_code", () => ({ filters: { is_stock_item: 1, disabled: 0 } }));
		frm.set_query("serial_no", () => ({
			filters: {
				...(frm.doc.item_code && { item_code: frm.doc.item_code }),
				...(frm.doc.from_warehouse && { warehouse: frm.doc.from_warehouse }),
			},
		}));
		for (const field of ["from_warehouse", "customer_warehouse", "return_warehouse"]) {
			frm.set_query(field, () => ({
				filters: { company: frm.doc.company, is_group: 0, disabled: 0 },
			}));
		}
	},

	refresh(frm) {
		if (frm.doc.docstatus !== 1 || frm.doc.status !== "Issued") return;
		aftersales.forms.next_step(frm, __("Take Loaner Back"), () => frm.events.ask_for_return(frm));
		frm.page.add_menu_item(__("Declare Loaner Lost"), () =>
			aftersales.forms.ask(frm, {
				title: __("Declare Loaner Lost"),
				fields: [
					{ fieldname: "reason", fieldtype: "Small Text", label: __("How it was lost"), reqd: 1 },
				],
				method: "declare_lost",
				action_label: __("Declare"),
			})
		);
		if (frm.doc.due_back < frappe.datetime.get_today()) {
			const days = frappe.datetime.get_day_diff(frappe.datetime.get_today(), frm.doc.due_back);
			frm.dashboard.set_headline_alert(__("Due back {0} days ago", [days]), "red");
		}
	},

	ask_for_return(frm) {
		aftersales.forms.ask(frm, {
			title: __("Take Loaner Back"),
			fields: [
				{
					fieldname: "condition",
					fieldtype: "Select",
					label: __("Condition"),
					options: frm.fields_dict.condition_back.df.options.split("\n").filter(Boolean),
					default: "As issued",
					reqd: 1,
				},
				{
					fieldname: "notes",
					fieldtype: "Small Text",
					label: __("Notes"),
					mandatory_depends_on: "eval:['Damaged', 'Incomplete'].includes(doc.condition)",
				},
				{ fieldname: "handed_back_by", fieldtype: "Data", label: __("Handed back by"), reqd: 1 },
				{
					fieldname: "warehouse",
					fieldtype: "Link",
					options: "Warehouse",
					label: __("To Warehouse"),
					default: frm.doc.from_warehouse,
					get_query: () => ({ filters: { company: frm.doc.company, is_group: 0, disabled: 0 } }),
				},
			],
			method: "give_back",
			action_label: __("Loaner Is Back"),
		});
	},
});
