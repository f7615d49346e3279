// Shows what the server has worked out and offers the next steps; nothing is decided here.
frappe.ui.form.on("Repair Call", {
	setup(frm) {
		frm.set_query("equipment", () => ({
			filters: frm.doc.customer ? { customer: frm.doc.customer } : {},
		}));
		frm.set_query("service_address", () => ({
			query: "frappe.contacts.doctype.address.address.address_query",
			filters: { link_doctype: "Customer", link_name: frm.doc.customer },
		}));
		frm.set_query("serial_no", () => ({
			filters: frm.doc.item_code ? { item_code: frm.doc.item_code } : {},
		}));
		frm.set_query("call_owner", () => ({ filters: { enabled: 1, user_type: "System User" } }));
		frm.set_query("repeat_of", () => ({
			filters: { customer: frm.doc.customer, name: ["!=", frm.doc.name] },
		}));
		for (const fieldname of ["request_type", "service_category", "service_zone"]) {
			frm.set_query(fieldname, () => ({ filters: { disabled: 0 } }));
		}
		for (const [fieldname, kind] of Object.entries({
			symptom_code: "Symptom",
			fault_code: "Fault",
			cause_code: "Cause",
			action_code: "Action",
		})) {
			frm.set_query(fieldname, () => ({ filters: { kind, disabled: 0 } }));
		}
	},

	refresh(frm) {
		frm.dashboard.clear_headline();
		frm.trigger("show_state_of_call");
		frm.trigger("show_related_calls");
		frm.trigger("suggest_referrals");
		frm.trigger("show_service_prices");
		aftersales.forms.show_entitlement(frm, frm.doc.service_contract);
		if (frm.is_new()) return;
		if (aftersales.forms.may_write(frm)) {
			frm.trigger("add_next_step");
			frm.trigger("add_confirm_contact");
			frm.trigger("add_actions");
		}
		frm.trigger("add_create_buttons");
	},

	async onload(frm) {
		if (!frm.is_new() || frm.doc.request_type) return;
		const { message } = await frappe.db.get_value("Aftersales Settings", "Aftersales Settings", [
			"default_request_type",
			"default_company",
		]);
		frm.set_value("request_type", message.default_request_type);
		if (message.default_company) frm.set_value("company", message.default_company);
	},

	async customer(frm) {
		if (!frm.is_new() || !frm.doc.customer) return;
		const details = await frappe.xcall("aftersales.service_calls.intake.customer_details", {
			customer: frm.doc.customer,
		});
		for (const [fieldname, value] of Object.entries(details)) {
			if (value && !frm.doc[fieldname]) frm.set_value(fieldname, value);
		}
	},

	async equipment(frm) {
		if (frm.doc.equipment) {
			const product = await frappe.xcall("aftersales.installed_base.equipment.product_details", {
				equipment: frm.doc.equipment,
			});
			await frm.set_value(product);
		}
		frm.trigger("show_related_calls");
	},

	serial_no: (frm) => frm.trigger("show_related_calls"),
	serial_text: (frm) => frm.trigger("show_related_calls"),
	contact_phone: (frm) => frm.trigger("show_related_calls"),

	show_state_of_call(frm) {
		const { doc } = frm;
		const is_over = ["Closed", "Cancelled"].includes(doc.status);
		const escape = frappe.utils.escape_html;
		if (doc.hazard && !is_over) {
			frm.set_intro(
				__("Hazard reported: {0}. Priority {1}.", [
					__(doc.hazard).bold(),
					escape(__(doc.priority || "")).bold(),
				]),
				"red"
			);
		}
		if (!doc.contact_confirmed && !frm.is_new() && !is_over) {
			frm.set_intro(
				__(
					"The contact is not confirmed: messages go to the address on file. Confirm the contact once you have verified it."
				),
				"orange"
			);
		}
		if (doc.is_repeat) {
			frm.set_intro(
				__("Repeat of {0}", [frappe.utils.get_form_link("Repair Call", doc.repeat_of, true)]),
				"orange"
			);
		}
		if (!is_over && doc.next_action_by && doc.next_action_by < frappe.datetime.now_datetime()) {
			frm.set_intro(
				__("Late since {0}: {1}", [
					frappe.datetime.str_to_user(doc.next_action_by),
					escape(doc.next_action || ""),
				]),
				"orange"
			);
		}
		if (doc.status === "On Hold") {
			frm.set_intro(__("Waiting for: {0}", [escape(doc.hold_reason || "")]), "yellow");
		}
		if (doc.coverage && doc.coverage !== "Unknown" && !is_over) {
			const [text, color] =
				doc.coverage === "None"
					? [
							__("Warranty ended on {0}", [frappe.datetime.str_to_user(doc.coverage_until)]),
							"yellow",
					  ]
					: [
							__("{0} until {1}", [
								__(doc.coverage),
								frappe.datetime.str_to_user(doc.coverage_until),
							]),
							"green",
					  ];
			frm.set_intro(`${text} (${escape(doc.coverage_source || "")})`, color);
		}
		if (doc.coverage_reason && !is_over) frm.set_intro(escape(doc.coverage_reason), "blue");
		if (doc.ownership_concern && !doc.ownership_reason && !is_over) {
			frm.set_intro(
				__("Ask the customer: {0} Enter the reason in {1}, otherwise the product is not covered.", [
					escape(doc.ownership_concern),
					__("Reason for Coverage").bold(),
				]),
				"orange"
			);
		}
	},

	// What a visit would cost the customer, as long as nothing covers it and no work is over.
	async show_service_prices(frm) {
		const { doc } = frm;
		const $prices = frm.get_field("service_prices_html").$wrapper.empty();
		if (frm.is_new() || ["Resolved", "Closed", "Cancelled"].includes(doc.status)) return;
		const rows = await frappe.xcall("aftersales.service_calls.expected_price.of_call", {
			repair_call: doc.name,
		});
		$prices.html(aftersales.service_prices.html(rows));
	},

	// Open calls for the same product or phone, and the finished one this call would repeat.
	show_related_calls: frappe.utils.debounce(async (frm) => {
		const { doc } = frm;
		if (!["Open", "Triaged"].includes(doc.status)) return;
		if (!(doc.equipment || doc.serial_no || doc.serial_text || doc.contact_phone)) return;
		const asked_for = doc.name;
		const related = await frappe.xcall("aftersales.service_calls.repeat_calls.find_related", {
			customer: doc.customer,
			equipment: doc.equipment,
			serial_no: doc.serial_no,
			serial_text: doc.serial_text,
			contact_phone: doc.contact_phone,
			symptom_code: doc.symptom_code,
			request_type: doc.request_type,
			received_at: doc.received_at,
			call: frm.is_new() ? null : doc.name,
		});
		if (!aftersales.forms.is_shown(frm) || frm.doc.name !== asked_for) return;
		const link = (name) => frappe.utils.get_form_link("Repair Call", name, true);
		const told = related.open.map(
			(call) =>
				`${link(call.name)} ${frappe.utils.escape_html(call.subject)} (${__(call.status)}, ${
					call.because
				})`
		);
		frm.page.wrapper.find(".related-calls").closest(".form-message").remove();
		if (told.length) {
			frm.set_intro(
				`<span class="related-calls">${__("Open already: {0}", [told.join(", ")])}</span>`,
				"orange"
			);
		}
		if (related.repeats && !doc.repeat_of) {
			frm.set_intro(
				`<span class="related-calls">${__("Would be a repeat of {0}", [
					link(related.repeats),
				])}</span>`,
				"orange"
			);
		}
	}, 300),

	add_confirm_contact(frm) {
		const may_confirm = ["Service Agent", "Service Supervisor", "Service Manager"];
		if (frm.doc.contact_confirmed || !frappe.user.has_role(may_confirm)) return;
		aftersales.forms.add_button(frm, __("Confirm Contact"), () =>
			aftersales.forms.act(frm, "confirm_contact")
		);
	},

	add_next_step(frm) {
		// Also with a workflow: its action could not say that nobody had to come
		if (["Open", "Triaged", "Scheduled"].includes(frm.doc.status)) {
			aftersales.forms.add_button(frm, __("Resolve by Phone"), () =>
				frm.trigger("ask_phone_resolution")
			);
		}
		if (aftersales.forms.has_workflow(frm)) return;
		const act = (method) => () => aftersales.forms.act(frm, method);
		const steps = {
			Open: [__("Triage"), act("triage")],
			Triaged: [__("Offer Time Slot"), () => frm.trigger("promise_window")],
			...(frappe.model.can_create("Service Voucher") && {
				Scheduled: [__("Plan Visit"), () => frm.trigger("create_voucher")],
			}),
			"In Progress": [__("Resolve"), () => frm.trigger("ask_resolution")],
			"On Hold": [__("Resume"), act("resume")],
			Resolved: [__("Close"), act("close")],
		};
		const step = steps[frm.doc.status];
		if (step) aftersales.forms.next_step(frm, ...step);
	},

	add_actions(frm) {
		if (aftersales.forms.has_workflow(frm)) {
			if (["Open", "Triaged", "Scheduled"].includes(frm.doc.status)) {
				aftersales.forms.add_button(frm, __("Suggest a Window"), () => frm.trigger("promise_window"));
			}
			return;
		}
		const { status } = frm.doc;
		const add = (label, action) => aftersales.forms.add_button(frm, label, action, __("Actions"));
		const is_open = !["Closed", "Cancelled"].includes(status);
		if (is_open && status !== "Resolved") {
			if (status !== "Triaged") {
				add(__("Offer Time Slot"), () => frm.trigger("promise_window"));
			}
			if (status !== "In Progress") {
				add(__("Start Work"), () => aftersales.forms.act(frm, "start_work"));
				add(__("Resolve"), () => frm.trigger("ask_resolution"));
			}
			if (status !== "On Hold") {
				add(__("Put on Hold"), () => frm.trigger("ask_hold"));
			}
		}
		if (is_open) {
			add(__("Cancel Call"), () => ask_reason(frm, __("Cancel Call"), __("Reason"), "cancel_call"));
		}
		if (is_open ? status === "Resolved" : aftersales.forms.may_supervise()) {
			add(__("Reopen"), () => ask_reason(frm, __("Reopen"), __("Reason"), "reopen"));
		}
	},

	add_create_buttons(frm) {
		frm.trigger("offer_non_conformance");
		if (["Closed", "Cancelled"].includes(frm.doc.status)) return;
		const create = (doctype, method) => aftersales.forms.add_create(frm, doctype, method);
		create("Service Voucher", "aftersales.field_service.visits.voucher_from_call");
		create("Collection Receipt", "aftersales.customer_goods.custody.receipt_from_call");
		create("Repair Card", "aftersales.repair_workshop.cards.card_from_call");
		create("Loaner Issue", "aftersales.customer_goods.loaners.loaner_from_call");
		if (!frappe.model.can_create("Customer Equipment")) return;
		if (
			!frm.doc.equipment &&
			(frm.doc.brand || frm.doc.model || frm.doc.serial_text || frm.doc.item_code)
		) {
			aftersales.forms.add_button(
				frm,
				__("Customer Equipment"),
				() => frm.trigger("open_product_file"),
				__("Create")
			);
		}
	},

	offer_non_conformance(frm) {
		const { doc } = frm;
		const leads = frappe.user.has_role(["Service Supervisor", "Service Manager"]);
		if (!leads || doc.non_conformance || !doc.fault_code || !doc.model) return;
		aftersales.forms.add_button(
			frm,
			__("Non Conformance"),
			async () => {
				const name = await frappe.xcall("aftersales.service_quality.faults.raise_for_call", {
					repair_call: doc.name,
				});
				frappe.set_route("Form", "Non Conformance", name);
			},
			__("Create")
		);
	},

	create_voucher(frm) {
		frappe.model.open_mapped_doc({
			method: "aftersales.field_service.visits.voucher_from_call",
			frm,
		});
	},

	async open_product_file(frm) {
		const name = await frappe.xcall("aftersales.service_calls.product_files.from_call", {
			repair_call: frm.doc.name,
		});
		await frm.reload_doc();
		frappe.show_alert({
			message: __("Product file {0}", [frappe.utils.get_form_link("Customer Equipment", name, true)]),
			indicator: "green",
		});
	},

	// The windows are those of the phone desk; any other time can be typed.
	async promise_window(frm) {
		const windows = await frappe.xcall("aftersales.service_desk.phone_desk.suggest_windows", {
			repair_call: frm.doc.name,
		});
		const dialog = new frappe.ui.Dialog({
			title: __("Offer Time Slot"),
			fields: [
				{
					fieldname: "window",
					fieldtype: "Select",
					label: __("Available time slots"),
					description: windows.length
						? ""
						: __("No qualified technician is free in the next two weeks."),
					options: [
						{ value: "", label: __("Another time…") },
						...windows.map((window, place) => ({ value: place, label: told_of_window(window) })),
					],
					change: () => {
						const window = windows[dialog.get_value("window")];
						if (window)
							dialog.set_values({ promised_from: window.start, promised_to: window.end });
					},
				},
				{
					fieldname: "promised_from",
					fieldtype: "Datetime",
					label: __("Arrival from"),
					default: frm.doc.promised_from,
					reqd: 1,
				},
				{
					fieldname: "promised_to",
					fieldtype: "Datetime",
					label: __("Arrival until"),
					default: frm.doc.promised_to,
					reqd: 1,
				},
			],
			primary_action_label: __("Promise"),
			primary_action: aftersales.forms.answer(async ({ promised_from, promised_to }) => {
				// with a workflow its own actions follow: the times stand in the form, to be saved with the rest
				if (aftersales.forms.has_workflow(frm)) await frm.set_value({ promised_from, promised_to });
				else await aftersales.forms.act(frm, "schedule", { promised_from, promised_to });
			}),
		});
		dialog.show();
		if (windows.length && !frm.doc.promised_from) dialog.set_value("window", "0");
	},

	// For who may register calls; others cannot ask what callers have said.
	async suggest_referrals(frm) {
		if (!frappe.model.can_create("Repair Call")) return;
		const { $input } = frm.get_field("referral");
		if (!$input || $input.attr("list")) return;
		const id = frappe.dom.get_unique_id();
		$input.attr("list", id);
		const used = await frappe.xcall("aftersales.service_desk.phone_desk.known_referrals");
		$("<datalist>")
			.attr("id", id)
			.append(used.map((said) => $("<option>").val(said)))
			.insertAfter($input);
	},

	ask_hold(frm) {
		aftersales.forms.ask(frm, {
			title: __("Put on Hold"),
			fields: [
				{
					fieldname: "hold_for",
					fieldtype: "Select",
					label: __("On Hold for"),
					options: ["Customer", "Parts", "Other"].map((value) => ({ value, label: __(value) })),
					default: "Customer",
					reqd: 1,
					description: __(
						"A call on hold for the customer goes on when the customer writes or calls."
					),
				},
				{ fieldname: "reason", fieldtype: "Small Text", label: __("Waiting for"), reqd: 1 },
			],
			method: "put_on_hold",
			action_label: __("Put on Hold"),
		});
	},

	ask_resolution: (frm) => ask_resolution(frm, __("Resolve"), "resolve"),
	ask_phone_resolution: (frm) => ask_resolution(frm, __("Resolve by Phone"), "resolve_by_phone"),
});

function told_of_window(window) {
	const [from, to] = [window.start, window.end].map((text) =>
		frappe.datetime.convert_to_user_tz(text, false)
	);
	const pattern = __("ddd D MMM HH:mm");
	const until = from.isSame(to, "day") ? to.format("HH:mm") : aftersales.written_moment(to, pattern);
	const judged = window.outside_hours ? __("out of hours") : window.in_time ? "" : __("too late");
	const told = `${aftersales.written_moment(from, pattern)} – ${until}`;
	const driving = aftersales.driving_of_window(window.detour, window.cheap);
	return [told, window.technician, driving, judged].filter(Boolean).join(", ");
}

function ask_reason(frm, title, label, method) {
	aftersales.forms.ask(frm, {
		title,
		fields: [{ fieldname: "reason", fieldtype: "Small Text", label, reqd: 1 }],
		method,
		action_label: title,
	});
}

function ask_resolution(frm, title, method) {
	aftersales.forms.ask(frm, {
		title,
		fields: [
			{
				fieldname: "resolution",
				fieldtype: "Small Text",
				label: __("How was it solved?"),
				default: frm.doc.resolution,
				reqd: 1,
			},
		],
		method,
		action_label: title,
	});
}
