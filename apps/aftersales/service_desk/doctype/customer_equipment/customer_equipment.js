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
		if (frm.is_new()) return;
		aftersales.forms
			.add_button(frm, __("Repair Call"), () =>
				frappe.new_doc("Repair Call", { equipment: frm.doc.name })
			)
			.addClass("btn-primary");
		aftersales.forms.add_button(frm, __("QR Code"), () => frm.trigger("show_qr_code"));
	},

	async show_coverage(frm) {
		const field = frm.get_field("coverage_html");
		if (frm.is_new()) {
			field.html(`<p class="text-muted">${__("Shown once the product file is saved.")}</p>`);
			return;
		}
		const coverage = await frappe.xcall("aftersales.service_desk.coverage.coverage_today", {
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
			Contract: [__("Under contract until {0}.", [date(coverage.until)]), "green"],
		};
		const [text, color] = lines[coverage.kind];
		const source = coverage.source
			? `<div class="text-muted">${frappe.utils.escape_html(coverage.source)}</div>`
			: "";
		field.html(`<span class="indicator-pill ${color}">${text}</span>${source}`);
	},

	async show_qr_code(frm) {
		const image = await frappe.xcall("aftersales.service_desk.equipment.qr_code", {
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
