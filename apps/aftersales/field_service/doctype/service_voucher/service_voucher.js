frappe.ui.form.on("Service Voucher", {
	setup(frm) {
		frm.ignore_doctypes_on_cancel_all = aftersales.forms.ERPNEXT_DOCUMENTS;
		aftersales.forms.set_job_queries(frm);
		frm.set_query("technician", () => ({
			filters: { is_active: 1, ...(frm.doc.company && { company: frm.doc.company }) },
		}));
	},

	refresh(frm) {
		if (frm.is_new()) return;
		frm.trigger("show_where_to_go");
		frm.trigger("show_qualification");
		frm.trigger("add_next_step");
		frm.trigger("add_cash_button");
		frm.trigger("add_create_buttons");
		aftersales.forms.add_parts_button(frm);
		aftersales.forms.add_billing_buttons(frm);
		aftersales.forms.show_entitlement(frm, frm.doc.service_contract);
	},

	async show_where_to_go(frm) {
		if (!frm.doc.repair_call) return;
		const { message: place } = await frappe.call({
			method: "aftersales.field_service.visits.where_to_go",
			args: { voucher: frm.doc.name },
		});
		if (place) frm.get_field("visit_html").$wrapper.html(frm.events.place_html(place));
	},

	place_html(place) {
		const escape = (text) => frappe.utils.escape_html(text || "").replace(/\n/g, "<br>");
		const phone = place.contact_phone && encodeURI(`tel:${place.contact_phone.replace(/\s/g, "")}`);
		const map =
			place.address &&
			`https://www.openstreetmap.org/search?query=${encodeURIComponent(
				place.address.replace(/\n/g, ", ")
			)}`;
		const lines = [
			place.hazard && `<span class="indicator-pill red">${__("Hazard")}: ${__(place.hazard)}</span>`,
			place.contact_name && `<strong>${escape(place.contact_name)}</strong>`,
			phone && `<a href="${phone}">${escape(place.contact_phone)}</a>`,
			place.address && escape(place.address),
			map && `<a href="${map}" target="_blank" rel="noopener noreferrer">${__("Show on Map")}</a>`,
			place.location_details && escape(place.location_details),
			place.fault && `<span class="text-muted">${escape(place.fault)}</span>`,
		];
		return `<div>${lines.filter(Boolean).join("<br>")}</div>`;
	},

	async show_qualification(frm) {
		const { technician, planned_start, docstatus, status } = frm.doc;
		if (docstatus || status === "Cancelled" || !technician || !planned_start || frm.is_dirty()) return;
		const { message } = await frappe.call({
			method: "aftersales.field_service.dispatch.check_technician",
			args: { voucher: frm.doc.name },
		});
		if (!message) return;
		if (!message.ok) frm.dashboard.add_comment(message.reason, "orange", true);
		if (message.overlaps.length) {
			const links = message.overlaps.map((name) => frappe.utils.get_form_link("Service Voucher", name, true));
			frm.dashboard.add_comment(
				__("At the same time: {0}", [links.join(", ")]),
				"yellow",
				true
			);
		}
	},

	add_next_step(frm) {
		if (aftersales.forms.has_workflow(frm)) return;
		const act = (method) => () => aftersales.forms.act(frm, method);
		const { status, docstatus } = frm.doc;
		if (docstatus === 0 && status === "Draft") {
			aftersales.forms.next_step(frm, __("Dispatch"), act("dispatch"));
		}
		if (docstatus === 0 && status === "Dispatched") {
			aftersales.forms.next_step(frm, __("Arrived"), act("arrive"));
		}
		if (docstatus === 1 && status === "Completed") {
			aftersales.forms.next_step(frm, __("File Voucher"), act("archive"));
		}
		if (docstatus === 0 && status !== "Cancelled") {
			frm.page.add_menu_item(__("Call Off Visit"), () =>
				aftersales.forms.ask(frm, {
					title: __("Call Off Visit"),
					fields: [
						{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 },
					],
					method: "call_off",
					action_label: __("Call Off"),
				})
			);
		}
	},

	add_cash_button(frm) {
		if (frm.doc.docstatus !== 1 || frm.doc.cash_receipt_no || !frm.doc.amount_due) return;
		frm.add_custom_button(__("Collect Cash"), () =>
			aftersales.forms.ask(frm, {
				title: __("Collect Cash"),
				fields: [
					{
						fieldname: "amount",
						fieldtype: "Currency",
						options: "currency",
						label: __("Amount ({0})", [frm.doc.currency]),
						default: frm.doc.amount_due,
						reqd: 1,
					},
				],
				method: "collect_cash",
				action_label: __("Give Receipt"),
			})
		);
	},

	add_create_buttons(frm) {
		const create = (label, method) =>
			frm.add_custom_button(
				label,
				() => frappe.model.open_mapped_doc({ method, frm }),
				__("Create")
			);
		if (frm.doc.docstatus === 1 && ["Revisit Needed", "No Access"].includes(frm.doc.outcome)) {
			create(__("Revisit"), "aftersales.field_service.visits.revisit_from_voucher");
		}
		if (frm.doc.status !== "Cancelled" && frm.doc.status !== "Draft" && frm.doc.customer) {
			create(__("Collection Receipt"), "aftersales.repair_workshop.custody.receipt_from_voucher");
		}
	},
});
