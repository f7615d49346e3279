// Shows what the server knows of a product; nothing is decided here.
frappe.ui.form.on("Customer Equipment", {
	async setup(frm) {
		frm.set_query("serial_no", () => ({
			filters: frm.doc.item_code ? { item_code: frm.doc.item_code } : {},
		}));
		frm.set_query("address", () => ({
			query: "frappe.contacts.doctype.address.address.address_query",
			filters: { link_doctype: "Customer", link_name: frm.doc.customer },
		}));
		frm.set_query("service_zone", () => ({ filters: { disabled: 0 } }));
	},

	async onload(frm) {
		// any maker may be typed; the brands of ERPNext are only offered
		frm.set_df_property("brand", "ignore_validation", 1);
		const brands = await frappe.db.get_list("Brand", { fields: ["name"], limit: 500, order_by: "name" });
		frm.fields_dict.brand.set_data(brands.map((brand) => brand.name));
	},

	refresh(frm) {
		frm.trigger("show_coverage");
		frm.trigger("show_life");
		if (frm.is_new()) return;
		aftersales.forms
			.add_button(frm, __("Repair Call"), () =>
				frappe.new_doc("Repair Call", { equipment: frm.doc.name })
			)
			.addClass("btn-primary");
		aftersales.forms.add_button(frm, __("QR Code"), () => frm.trigger("show_qr_code"));
		aftersales.forms.add_button(frm, __("Trends"), () =>
			frappe.set_route("query-report", "Checklist Trend", { equipment: frm.doc.name })
		);
		if (!frm.perm[0] || !frm.perm[0].write) return;
		aftersales.forms.add_button(frm, __("Enter Reading"), () => frm.trigger("enter_reading"));
		aftersales.forms.add_button(frm, __("Replace Product"), () => frm.trigger("replace_product"));
		aftersales.forms.add_button(frm, __("Change Owner"), () => frm.trigger("change_owner"));
	},

	// Another unit stands in for this one: the file, its warranties and its history go on with the new number.
	replace_product(frm) {
		frm.events.ask(frm, __("Replace Product"), "replace_product", [
			{ fieldname: "new_serial", fieldtype: "Data", label: __("New Serial Number"), reqd: 1 },
			{
				fieldname: "reason",
				fieldtype: "Select",
				label: __("Reason"),
				options: ["Replaced by Us", "Replaced by Maker"],
				default: "Replaced by Us",
				reqd: 1,
			},
			{ fieldname: "replaced_on", fieldtype: "Date", label: __("Replaced on"), default: "Today" },
			{ fieldname: "notes", fieldtype: "Small Text", label: __("Notes") },
		]);
	},

	async enter_reading(frm) {
		const meters = await frappe.db.get_list("Product Meter", {
			filters: { equipment: frm.doc.name },
			fields: ["meter", "last_reading"],
			order_by: "meter asc",
			limit: 50,
		});
		const dialog = new frappe.ui.Dialog({
			title: __("Enter Reading"),
			fields: [
				{
					fieldname: "meter",
					fieldtype: "Autocomplete",
					label: __("Meter", null, "After-sales"),
					options: meters.map((row) => row.meter),
					default: meters.length === 1 ? meters[0].meter : "",
					reqd: 1,
					ignore_validation: 1,
				},
				{ fieldname: "reading", fieldtype: "Float", label: __("Reading"), reqd: 1 },
				{ fieldname: "read_at", fieldtype: "Datetime", label: __("Read at"), default: "Now" },
				{
					fieldname: "is_new_meter",
					fieldtype: "Check",
					label: __("First Reading of a New Meter"),
				},
			],
			primary_action_label: __("Save"),
			primary_action: aftersales.forms.answer(async (args) => {
				await frappe.xcall(
					"aftersales.installed_base.meters.readings.record_reading",
					{ ...args, equipment: frm.doc.name },
					"POST"
				);
				await frm.reload_doc();
			}),
		});
		dialog.show();
	},

	change_owner(frm) {
		frm.events.ask(frm, __("Change Owner"), "change_owner", [
			{
				fieldname: "customer",
				fieldtype: "Link",
				options: "Customer",
				label: __("New Owner"),
				reqd: 1,
			},
			{ fieldname: "sold_on", fieldtype: "Date", label: __("Since"), default: "Today" },
			{ fieldname: "notes", fieldtype: "Small Text", label: __("Notes") },
		]);
	},

	ask(frm, title, method, fields) {
		const dialog = new frappe.ui.Dialog({
			title,
			fields,
			primary_action_label: title,
			primary_action: aftersales.forms.answer(async (args) => {
				await aftersales.forms.save_typed(frm);
				await frm.call({ doc: frm.doc, method, args, freeze: true });
				await frm.reload_doc();
			}),
		});
		dialog.show();
	},

	async show_coverage(frm) {
		const field = frm.get_field("coverage_html");
		if (frm.is_new()) {
			field.html(`<p class="text-muted">${__("Shown once the product file is saved.")}</p>`);
			return;
		}
		const coverage = await frappe.xcall("aftersales.service_calls.entitlement.coverage.coverage_today", {
			equipment: frm.doc.name,
		});
		const date = (value) => frappe.datetime.str_to_user(value);
		const lines = {
			Unknown: [__("Nothing is known of a warranty."), "gray"],
			None: [__("Warranty ended on {0}.", [date(coverage.until)]), "orange"],
			Warranty: [__("In warranty until {0}.", [date(coverage.until)]), "green"],
			"Repair Warranty": [
				__("Our repair is under warranty until {0}.", [date(coverage.until)]),
				"green",
			],
			"Warranty on Parts": [
				__("Parts are in warranty until {0}, work is not.", [date(coverage.until)]),
				"green",
			],
			Contract: [__("Under contract until {0}.", [date(coverage.until)]), "green"],
			"Part Warranty": [__("A part is under warranty until {0}.", [date(coverage.until)]), "green"],
		};
		const [text, color] = lines[coverage.kind];
		const muted = (line) => `<div class="text-muted">${frappe.utils.escape_html(line)}</div>`;
		const parts = coverage.parts.map((part) =>
			muted(__("Part {0} is under warranty until {1}", [part.part, date(part.until)]))
		);
		field.html(
			[
				`<span class="indicator-pill ${color}">${text}</span>`,
				coverage.source ? muted(coverage.source) : "",
				...parts,
				coverage.concern
					? `<div class="text-warning">${frappe.utils.escape_html(coverage.concern)}</div>`
					: "",
			].join("")
		);
	},

	async show_life(frm) {
		const field = frm.get_field("life_html");
		if (frm.is_new()) {
			field.html(`<p class="text-muted">${__("Shown once the product file is saved.")}</p>`);
			return;
		}
		const events = await frappe.xcall("aftersales.installed_base.life.product_life", {
			equipment: frm.doc.name,
		});
		const escape = (value) => frappe.utils.escape_html(String(value ?? ""));
		const rows = events.map(
			(event) => `<tr>
				<td class="text-nowrap">${frappe.datetime.str_to_user(event.on)}</td>
				<td><strong>${escape(event.what)}</strong> ${escape(event.detail)}</td>
				<td class="text-nowrap">${event.name ? frappe.utils.get_form_link(event.doctype, event.name, true) : ""}</td>
			</tr>`
		);
		field.html(
			rows.length
				? `<div class="table-responsive"><table class="table table-sm"><tbody>${rows.join(
						""
				  )}</tbody></table></div>`
				: `<p class="text-muted">${__("Nothing is known yet of this product's life.")}</p>`
		);
	},

	async show_qr_code(frm) {
		const image = await frappe.xcall("aftersales.installed_base.equipment.qr_code", {
			equipment: frm.doc.name,
		});
		const title = frappe.utils.escape_html(frm.doc.title);
		frappe.msgprint({
			title: __("A scan opens a call for this product"),
			message: `<div class="text-center"><img src="${image}" alt="${__(
				"QR Code"
			)}"><p>${title}</p></div>`,
		});
	},
});
