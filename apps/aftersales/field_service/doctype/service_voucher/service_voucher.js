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
		frm.trigger("show_photos");
		frm.trigger("show_qualification");
		frm.trigger("add_next_step");
		frm.trigger("add_finish_button");
		frm.trigger("add_cash_button");
		frm.trigger("add_create_buttons");
		frm.trigger("show_taken_in");
		aftersales.forms.add_parts_button(frm);
		aftersales.forms.add_billing_buttons(frm);
		aftersales.forms.show_entitlement(frm, frm.doc.service_contract);
	},

	async show_where_to_go(frm) {
		// On a phone what the technician needs comes first; related documents are one tap away.
		if (frappe.is_mobile()) frm.dashboard.links_area?.collapse(true);
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
		const button = (href, label, more = "") =>
			`<a class="btn btn-default btn-lg" style="flex: 1 1 auto; max-width: 320px" href="${href}" ${more}>${label}</a>`;
		const buttons = [
			phone && button(phone, __("Call {0}", [escape(place.contact_phone)])),
			map && button(map, __("Show on Map"), 'target="_blank" rel="noopener noreferrer"'),
		].filter(Boolean);
		const lines = [
			place.hazard && `<span class="indicator-pill red">${__("Hazard")}: ${__(place.hazard)}</span>`,
			place.fault && `<strong style="font-size: var(--text-lg)">${escape(place.fault)}</strong>`,
			place.contact_name && escape(place.contact_name),
			place.address && escape(place.address),
			place.location_details && escape(place.location_details),
		];
		return `<div>${lines.filter(Boolean).join("<br>")}</div>
			<div class="aftersales-taps" style="display: flex; flex-wrap: wrap; gap: 8px; margin: 12px 0 4px">${buttons.join(
				""
			)}</div>`;
	},

	// A tap opens the camera of the phone; the picture is stored with the visit, and what it shows is said.
	show_photos(frm) {
		const e = frappe.utils.escape_html;
		const pictures = (frm.doc.photos || [])
			.filter((row) => row.photo)
			.map(
				(row) => `<a href="${e(
					encodeURI(row.photo)
				)}" target="_blank" rel="noopener" style="width: 112px">
					<img src="${e(encodeURI(row.photo))}" alt="${e(__(row.shows))}" loading="lazy"
						style="width: 112px; height: 84px; object-fit: cover; border-radius: var(--border-radius)">
					<div class="small text-muted ellipsis">${e([__(row.shows), row.notes].filter(Boolean).join(": "))}</div>
				</a>`
			)
			.join("");
		const open = frm.doc.docstatus === 0 && frm.perm[0].write && frm.doc.status !== "Cancelled";
		const buttons = ["Before", "Fault", "After", "Nameplate"]
			.map(
				(shows) =>
					`<label class="btn btn-default btn-lg" style="flex: 1 1 130px; max-width: 200px; margin: 0">${__(
						shows
					)}
						<input type="file" accept="image/*" capture="environment" data-shows="${shows}" hidden>
					</label>`
			)
			.join("");
		const $photos = frm.get_field("photos_html").$wrapper;
		$photos.html(`
			<div style="display: flex; flex-wrap: wrap; gap: 8px">${pictures}</div>
			${
				open
					? `<div class="aftersales-taps" style="display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0">${buttons}</div>`
					: ""
			}`);
		$photos.find("input").on("change", (event) => {
			const [file] = event.target.files;
			if (file) frm.events.add_photo(frm, file, event.target.dataset.shows);
		});
		frm.toggle_display("photos", Boolean(frm.doc.photos?.length));
		frm.toggle_display("photos_section", Boolean(open || pictures));
	},

	async add_photo(frm, file, shows) {
		frappe.dom.freeze(__("Storing the photo"));
		try {
			const form = new FormData();
			form.append(
				"file",
				await frm.events.smaller(file),
				`${frm.docname}-${shows}.jpg`.replace(/[^\w.-]/g, "_")
			);
			Object.entries({ doctype: frm.doctype, docname: frm.docname, is_private: 1 }).forEach((pair) =>
				form.append(...pair)
			);
			const answer = await fetch("/api/method/upload_file", {
				method: "POST",
				headers: { "X-Frappe-CSRF-Token": frappe.csrf_token, Accept: "application/json" },
				body: form,
			});
			if (!answer.ok) throw new Error(answer.statusText || answer.status);
			const { message: stored } = await answer.json();
			frm.add_child("photos", { photo: stored.file_url, shows });
			await frm.save();
		} catch (error) {
			frappe.msgprint(
				__("The photo could not be stored: {0}. Try again when there is a connection.", [
					frappe.utils.escape_html(error?.message || String(error)),
				])
			);
		} finally {
			frappe.dom.unfreeze();
		}
	},

	// A phone's picture has many megabytes; for the file a side of 1600 pixels is enough.
	async smaller(file) {
		const picture = await createImageBitmap(file);
		const scale = Math.min(1, 1600 / Math.max(picture.width, picture.height));
		const canvas = document.createElement("canvas");
		canvas.width = Math.round(picture.width * scale);
		canvas.height = Math.round(picture.height * scale);
		canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
		return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
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
		if (message.absence) frm.dashboard.add_comment(message.absence, "orange", true);
		if (message.promise) frm.dashboard.add_comment(message.promise, "orange", true);
		if (message.overlaps.length) {
			const links = message.overlaps.map((name) =>
				frappe.utils.get_form_link("Service Voucher", name, true)
			);
			frm.dashboard.add_comment(__("At the same time: {0}", [links.join(", ")]), "yellow", true);
		}
	},

	// A visit entered when it was over, and one whose workflow the administrator has made.
	add_finish_button(frm) {
		const { docstatus, status } = frm.doc;
		if (docstatus || status === "Cancelled" || !frm.perm[0].submit) return;
		const workflow = aftersales.forms.has_workflow(frm);
		if (!workflow && status === "On Site") return; // the next step there
		if (workflow && !aftersales.forms.statuses_ahead(frm).includes("Completed")) return;
		aftersales.forms.add_button(frm, __("Finish Visit"), () => aftersales.forms.finish_visit(frm));
	},

	add_next_step(frm) {
		if (aftersales.forms.has_workflow(frm) || !aftersales.forms.may_write(frm)) return;
		const act = (method) => () => aftersales.forms.act(frm, method);
		const { status, docstatus } = frm.doc;
		if (docstatus === 0 && status === "Draft") {
			aftersales.forms.next_step(frm, __("Dispatch", null, "After-sales"), () =>
				frm.events.dispatch_visit(frm)
			);
		}
		if (docstatus === 0 && status === "Dispatched") {
			aftersales.forms.next_step(frm, __("Arrived"), act("arrive"));
		}
		if (docstatus === 0 && status === "On Site" && frm.perm[0].submit) {
			// Beside the name of the customer a phone has room for a short word
			const label = frappe.is_mobile() ? __("Finish", null, "After-sales") : __("Finish Visit");
			aftersales.forms.next_step(frm, label, () => aftersales.forms.finish_visit(frm));
		}
		if (docstatus === 0 && status !== "Cancelled" && frm.perm[0].submit) {
			// for who has filled in the form itself
			aftersales.forms.add_menu_item(frm.page, __("Complete Visit"), () =>
				aftersales.forms.submit(
					frm,
					__("Complete this visit? Parts leave stock and the invoice is prepared.")
				)
			);
		}
		if (docstatus === 1 && status === "Completed" && frm.perm[0].submit) {
			const to_bill = frm.doc.billing_status === "To Bill" && frm.doc.sales_invoice;
			if (to_bill && frappe.model.can_submit("Sales Invoice")) {
				aftersales.forms.next_step(frm, __("Open Invoice"), () =>
					frappe.set_route("Form", "Sales Invoice", frm.doc.sales_invoice)
				);
				aftersales.forms.add_button(frm, __("Archive"), act("archive"));
			} else {
				aftersales.forms.next_step(frm, __("Archive"), act("archive"));
			}
		}
		if (docstatus === 0 && status !== "Cancelled") {
			aftersales.forms.add_menu_item(frm.page, __("Cancel Visit"), () =>
				aftersales.forms.ask(frm, {
					title: __("Cancel Visit"),
					fields: [{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 }],
					method: "call_off",
					action_label: __("Cancel Visit"),
				})
			);
		}
	},

	// A visit outside the promised window is dispatched once somebody has said for whom.
	async dispatch_visit(frm) {
		await aftersales.forms.save_typed(frm);
		const { promise } = await frappe.xcall("aftersales.field_service.dispatch.check_technician", {
			voucher: frm.doc.name,
		});
		if (!promise || frm.doc.promise_changed_for) return aftersales.forms.act(frm, "dispatch");
		const df = frappe.meta.get_docfield("Service Voucher", "promise_changed_for");
		const dialog = new frappe.ui.Dialog({
			title: __("Outside the Promised Window"),
			fields: [
				{ fieldtype: "HTML", options: `<p>${frappe.utils.escape_html(promise)}</p>` },
				{ ...df, default: "Service", reqd: 1, depends_on: "" },
			],
			primary_action_label: __("Dispatch and Tell the Customer"),
			primary_action: aftersales.forms.answer(async ({ promise_changed_for }) => {
				await frm.set_value({ promise_changed_for });
				await aftersales.forms.act(frm, "dispatch");
			}),
		});
		dialog.show();
	},

	add_cash_button(frm) {
		const { docstatus, amount_due, billing_status, cash_collected, payment_entry } = frm.doc;
		const { small_fee_limit: limit, payable } = frm.doc.__onload || {};
		if (payable !== undefined && payable < amount_due && billing_status !== "Paid") {
			const settled = format_currency(amount_due - payable, frm.doc.currency);
			const left = `<strong>${format_currency(payable, frm.doc.currency)}</strong>`;
			frm.dashboard.add_comment(
				__("Paid or paid in advance: {0}. Still to pay: {1}.", [settled, left]),
				"blue",
				true
			);
		}
		if (payment_entry || !frm.perm[0].submit) return;
		if (docstatus > 0 && cash_collected) {
			aftersales.forms.add_menu_item(frm.page, __("Pay Out Cash"), () =>
				frm.events.ask_for_pay_out(frm)
			);
		}
		const open = flt((payable ?? amount_due) - (cash_collected || 0), precision("amount_due"));
		if (docstatus !== 1 || open <= 0 || !limit || billing_status === "Paid") return;
		const add = () =>
			aftersales.forms.ask(frm, {
				title: __("Collect Cash"),
				fields: [
					{
						fieldname: "amount",
						fieldtype: "Currency",
						options: "currency",
						label: __("Amount ({0})", [frm.doc.currency]),
						default: Math.min(open, limit),
						reqd: 1,
					},
					frm.events.known_cash(frm),
				],
				method: "collect_cash",
				action_label: __("Give Receipt"),
			});
		if (cash_collected) aftersales.forms.add_menu_item(frm.page, __("Collect More Cash"), add);
		else aftersales.forms.add_button(frm, __("Collect Cash"), add);
	},

	// What this page shows as collected: a second press is told from a second receipt.
	known_cash(frm) {
		return {
			fieldname: "collected_so_far",
			fieldtype: "Currency",
			hidden: 1,
			default: frm.doc.cash_collected || 0,
		};
	},

	ask_for_pay_out(frm) {
		aftersales.forms.ask(frm, {
			title: __("Pay Out Cash"),
			fields: [
				{
					fieldname: "amount",
					fieldtype: "Currency",
					options: "currency",
					label: __("Amount ({0})", [frm.doc.currency]),
					reqd: 1,
				},
				{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 },
				{ fieldname: "signed_by", fieldtype: "Data", label: __("Signed by") },
				{
					fieldname: "customer_signature",
					fieldtype: "Signature",
					label: __("Signature of the Customer"),
				},
				frm.events.known_cash(frm),
			],
			method: "pay_out_cash",
			action_label: __("Give Receipt"),
		});
	},

	// The drafted receipt waits for the customer's signature, who is still there.
	async show_taken_in(frm) {
		if (frm.doc.docstatus !== 1 || frm.doc.outcome !== "Taken to Workshop") return;
		const name = frm.docname;
		const [receipt] = await frappe.db.get_list("Collection Receipt", {
			filters: { service_voucher: name, docstatus: 0 },
			fields: ["name"],
			order_by: "creation asc",
			limit: 1,
		});
		if (!receipt || frm.docname !== name) return;
		frm.dashboard.add_comment(
			__("Let the customer sign the receipt: {0}", [
				frappe.utils.get_form_link("Collection Receipt", receipt.name, true),
			]),
			"orange",
			true
		);
		if (!frappe.model.can_write("Collection Receipt")) return;
		// On a phone one button shows: filing waits in the menu until the receipt is signed.
		aftersales.forms.next_step(frm, __("Sign Receipt"), () =>
			frappe.set_route("Form", "Collection Receipt", receipt.name)
		);
		if (aftersales.forms.has_workflow(frm) || frm.doc.status !== "Completed" || !frm.perm[0].submit)
			return;
		aftersales.forms.add_menu_item(frm.page, __("Archive"), () => aftersales.forms.act(frm, "archive"));
	},

	add_create_buttons(frm) {
		const create = (doctype, method, label) => aftersales.forms.add_create(frm, doctype, method, label);
		if (frm.doc.docstatus === 1 && ["Revisit Needed", "No Access"].includes(frm.doc.outcome)) {
			create("Service Voucher", "aftersales.field_service.visits.revisit_from_voucher", __("Revisit"));
		}
		// A product taken to the workshop has its receipt drafted already: see show_taken_in.
		const has_receipt = frm.doc.docstatus === 1 && frm.doc.outcome === "Taken to Workshop";
		if (!has_receipt && !["Cancelled", "Draft"].includes(frm.doc.status) && frm.doc.customer) {
			create("Collection Receipt", "aftersales.field_service.taken_along.receipt_from_voucher");
		}
	},
});
