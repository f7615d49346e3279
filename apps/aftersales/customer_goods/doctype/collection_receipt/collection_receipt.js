frappe.ui.form.on("Collection Receipt", {
	setup(frm) {
		frm.ignore_doctypes_on_cancel_all = ["Repair Card"];
		aftersales.forms.set_job_queries(frm);
	},

	refresh(frm) {
		const signed = frm.doc.docstatus > 0;
		frm.set_df_property("accessories", "cannot_add_rows", signed);
		frm.set_df_property("accessories", "cannot_delete_rows", signed);
		if (frm.is_new()) return;
		if (aftersales.forms.may_write(frm)) {
			frm.trigger("add_next_step");
			frm.trigger("add_moves");
		}
		frm.trigger("add_create_buttons");
	},

	add_next_step(frm) {
		if (frm.doc.docstatus !== 1) return;
		if (aftersales.forms.has_workflow(frm)) {
			// An action of a workflow takes no signature with it: what is signed keeps its button.
			if (frm.doc.status === "Issued") {
				aftersales.forms.add_button(frm, __("Record Return"), () => frm.events.ask_for_return(frm));
			}
			return;
		}
		if (frm.doc.status === "Issued") frm.trigger("add_issued_step");
		if (frm.doc.status === "Recovered") {
			aftersales.forms.next_step(frm, __("Void"), () => aftersales.forms.act(frm, "void"));
		}
	},

	// A product that was taken in is repaired first: its card is made, or opened, by one click.
	async add_issued_step(frm) {
		const name = frm.docname;
		const give_back = () => frm.events.ask_for_return(frm);
		aftersales.forms.next_step(frm, __("Return Product"), give_back);
		if (!frappe.model.can_create("Repair Card")) return;
		const cards = await frappe.db.get_list("Repair Card", {
			filters: { collection_receipt: name, docstatus: ["<", 2], status: ["!=", "Cancelled"] },
			fields: ["name"],
			order_by: "creation asc",
			limit: 1,
		});
		if (cards.length || frm.docname !== name) return;
		aftersales.forms.next_step(frm, __("Repair Product"), async () => {
			const card = await frappe.xcall(
				"aftersales.repair_workshop.quick_steps.card_of_receipt",
				{ receipt: name },
				"POST",
				{ freeze: true }
			);
			frappe.set_route("Form", "Repair Card", card);
		});
		aftersales.forms.add_button(frm, __("Return Product"), give_back);
	},

	ask_for_return(frm) {
		const accessories = (frm.doc.accessories || []).filter((row) => row.qty);
		const dialog = new frappe.ui.Dialog({
			title: __("Return Product"),
			fields: [
				...accessories.map((row) => ({
					fieldname: row.name,
					fieldtype: "Check",
					label: __("Returned: {0} × {1}", [row.qty, frappe.utils.escape_html(row.accessory)]),
					default: 1,
				})),
				{ fieldtype: "Section Break", hide_border: !accessories.length },
				{ fieldname: "signed_by", fieldtype: "Data", label: __("Taken by"), reqd: 1 },
				{ fieldname: "signature", fieldtype: "Signature", label: __("Signature"), reqd: 1 },
				{
					fieldname: "notes",
					fieldtype: "Small Text",
					label: __("Notes"),
					description: __("Needed when an accessory stays here"),
				},
			],
			primary_action_label: __("Hand Back to Customer"),
			primary_action: aftersales.forms.answer((values) =>
				aftersales.forms.act(frm, "recover", {
					signed_by: values.signed_by,
					signature: values.signature,
					notes: values.notes,
					kept_back: accessories.filter((row) => !values[row.name]).map((row) => row.name),
				})
			),
		});
		dialog.show();
	},

	add_moves(frm) {
		if (frm.doc.docstatus !== 1 || frm.doc.status !== "Issued") return;
		aftersales.forms.add_button(frm, __("Move"), () =>
			aftersales.forms.ask(frm, {
				title: __("Where is the product now?"),
				fields: [
					{
						fieldname: "location",
						fieldtype: "Data",
						label: __("Location"),
						default: frm.doc.location,
						reqd: 1,
					},
				],
				method: "move",
				action_label: __("Move"),
			})
		);
		if (!aftersales.forms.may_supervise()) return;
		aftersales.forms.add_menu_item(frm.page, __("Declare Receipt Lost"), () =>
			aftersales.forms.ask(frm, {
				title: __("Declare Receipt Lost"),
				fields: [
					{
						fieldname: "reason",
						fieldtype: "Small Text",
						label: __("How it was lost, and who took the product"),
						reqd: 1,
					},
				],
				method: "declare_lost",
				action_label: __("Declare"),
			})
		);
	},

	add_create_buttons(frm) {
		if (frm.doc.docstatus !== 1 || frm.doc.status !== "Issued") return;
		aftersales.forms.add_create(frm, "Repair Card", "aftersales.repair_workshop.cards.card_from_receipt");
	},
});
