const ACTIONS = "aftersales.field_service.subcontracting.actions.";
const OPEN = ["Draft", "Offered", "Accepted"];

frappe.ui.form.on("Subcontracted Visit", {
	refresh(frm) {
		if (frm.is_new()) return;
		frm.disable_save();
		const { status } = frm.doc;
		const billed = frm.doc.cost_source === "Purchase Invoice";
		const supervises = frappe.user.has_role(["Service Supervisor", "Service Manager"]);
		if (frappe.user.has_role(["Service Agent", "Service Supervisor", "Service Manager"])) {
			if (status === "Offered") {
				aftersales.forms.add_button(frm, __("Accept"), () => act(frm, "accept"));
				aftersales.forms.add_button(frm, __("Decline"), () =>
					ask_reason(frm, __("Decline"), "decline")
				);
			}
			if ([...OPEN, "Done"].includes(status)) {
				aftersales.forms.add_menu_item(frm.page, __("Copy link for the subcontractor"), () =>
					copy_link(frm)
				);
			}
		}
		if (supervises && [...OPEN, "Done"].includes(status) && !billed) {
			const price = aftersales.forms.add_button(frm, __("Price"), () => ask_price(frm));
			if (status === "Draft") price.addClass("btn-primary");
			if (status !== "Draft") {
				aftersales.forms.add_button(frm, __("No-Show"), () =>
					ask_reason(frm, __("No-Show"), "end", { no_show: 1 })
				);
			}
			aftersales.forms.add_button(frm, __("Cancel Order"), () =>
				ask_reason(frm, __("Cancel Order"), "end")
			);
		}
		if (!["Accepted", "Done"].includes(status) || frm.doc.purchase_order || billed) return;
		if (supervises) {
			aftersales.forms.add_button(
				frm,
				__("Purchase Order"),
				() => act(frm, "make_purchase_order"),
				__("Create")
			);
		}
		if (frappe.model.can_create("Purchase Invoice")) {
			aftersales.forms.add_button(
				frm,
				__("Purchase Invoice"),
				() =>
					frappe.model.open_mapped_doc({ method: `${ACTIONS}bill_from_subcontracted_visit`, frm }),
				__("Create")
			);
		}
	},
});

async function act(frm, method, args) {
	frappe.dom.freeze();
	try {
		await frappe.xcall(ACTIONS + method, { order: frm.doc.name, ...args }, "POST");
		await frm.reload_doc();
	} finally {
		frappe.dom.unfreeze();
	}
}

function ask(title, fields, answer) {
	new frappe.ui.Dialog({
		title,
		fields,
		primary_action_label: title,
		primary_action: aftersales.forms.answer(answer),
	}).show();
}

function ask_reason(frm, title, method, args) {
	const reason = { fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 };
	ask(title, [reason], (values) => act(frm, method, { ...values, ...args }));
}

function ask_price(frm) {
	ask(
		__("Price"),
		[
			{
				fieldname: "price_basis",
				fieldtype: "Select",
				label: __("Price"),
				options: ["Per Visit", "Per Hour"].map((value) => ({ value, label: __(value) })),
				default: frm.doc.price_basis,
				reqd: 1,
			},
			{
				fieldname: "rate",
				fieldtype: "Currency",
				label: __("Rate"),
				options: "currency",
				description: frm.doc.currency,
				default: frm.doc.rate,
				reqd: 1,
			},
		],
		(values) => act(frm, "set_price", values)
	);
}

async function copy_link(frm) {
	const address = await frappe.xcall(
		"aftersales.customer_portal.vendors.visit_orders.link",
		{ order: frm.doc.name },
		"POST"
	);
	frappe.utils.copy_to_clipboard(address);
	frappe.msgprint({
		title: __("Link for the subcontractor"),
		message: `<p>${__("Copied. Whoever has this link needs no login; it opens this one page.")}</p>
			<p><code>${frappe.utils.escape_html(address)}</code></p>`,
	});
}
