// The button Find Parts of visits and repair cards.
frappe.provide("aftersales.forms");

// Finds spare parts for a job by model, name or number, shows where they lie and what they cost, and adds
// those chosen as lines.
aftersales.forms.PartSearch = class PartSearch {
	// `take` gets the parts chosen (item_code, item_name, qty); without it they become lines of the form.
	constructor(frm, take) {
		this.frm = frm;
		this.take = take;
		this.chosen = new Map(); // item code → {item_name, qty}
		this.dialog = new frappe.ui.Dialog({
			title: __("Find Parts"),
			size: "large",
			fields: [
				{ fieldname: "text", fieldtype: "Data", label: __("Number, Name or Model") },
				{ fieldtype: "Column Break" },
				{
					fieldname: "fitting",
					fieldtype: "Check",
					label: __("Only Parts That Fit This Product"),
					default: 1,
				},
				{ fieldtype: "Section Break" },
				{ fieldname: "found", fieldtype: "HTML" },
			],
			primary_action_label: __("Add"),
			primary_action: () => this.add(),
		});
		this.$found = this.dialog.get_field("found").$wrapper;
		this.dialog.get_field("text").$input.on(
			"input",
			frappe.utils.debounce(() => this.search(), 300)
		);
		this.dialog.get_field("fitting").$input.on("change", () => this.search());
		this.$found.on("click", "[data-part]", (event) => this.change($(event.currentTarget)));
		this.dialog.show();
		this.search();
	}

	async search() {
		const asked = (this.asked = {});
		const found = await frappe.xcall("aftersales.spare_parts.part_search.find_for_job", {
			doctype: this.frm.doctype,
			name: this.frm.docname,
			text: this.dialog.get_value("text"),
			fitting: this.dialog.get_value("fitting") ? 1 : 0,
		});
		if (asked !== this.asked) return; // somebody typed on meanwhile
		this.found = found;
		this.show();
	}

	show() {
		const { found } = this;
		const product = [found.brand, found.model].filter(Boolean).join(" ");
		const note = product
			? found.only_fitting
				? __("For {0}", [product])
				: __("All parts; what fits {0} comes first", [product])
			: __("Nothing is known of the product's model: all parts");
		const rows = found.parts.map((part) => this.part_html(part)).join("");
		this.$found.html(`
			<p class="text-muted">${frappe.utils.escape_html(note)}</p>
			${rows || `<p>${__("No spare part found. Enter the models that a part fits in Spare Part.")}</p>`}
			${found.more ? `<p class="text-muted">${__("There are more: type another word.")}</p>` : ""}`);
		this.dialog.get_primary_btn().text(this.chosen.size ? __("Add {0}", [this.chosen.size]) : __("Add"));
	}

	part_html(part, instead_of) {
		const e = frappe.utils.escape_html;
		const qty = this.chosen.get(part.item_code)?.qty || 0;
		const number = (value) => frappe.format(value, { fieldtype: "Float", precision: 2 }, { inline: 1 });
		const stock = [
			[__("here"), part.here],
			[__("stores"), part.stores],
			[__("other vans"), part.vans],
		]
			.filter(([, value], i) => value || !i)
			.map(
				([label, value]) =>
					`<span class="${value > 0 ? "" : "text-danger"}">${label} <strong>${number(
						value
					)}</strong></span>`
			);
		const facts = [
			part.fits && `<span class="text-success">${__("fits")}</span>`,
			...stock,
			part.rate != null &&
				frappe.format(
					part.rate,
					{ fieldtype: "Currency", options: "currency" },
					{ inline: 1 },
					{ currency: this.found.currency }
				),
			part.fitting_minutes && __("{0} min to fit", [part.fitting_minutes]),
			part.core_return && __("old part comes back"),
			part.supply_guaranteed_until &&
				`<span class="${part.out_of_supply ? "text-danger" : ""}">${__("supply until {0}", [
					frappe.datetime.str_to_user(part.supply_guaranteed_until),
				])}</span>`,
			part.notes && e(part.notes),
		];
		const substitutes = (part.substitutes || [])
			.map((row) => this.part_html(row, part.item_code))
			.join("");
		return `
			<div style="display: flex; gap: 12px; align-items: center; padding: 8px 0 8px ${
				instead_of ? 24 : 0
			}px; border-top: 1px solid var(--border-color)">
				<div style="flex: 1; min-width: 0; overflow-wrap: anywhere">
					${instead_of ? `<div class="text-muted small">${__("instead of {0}", [e(instead_of)])}</div>` : ""}
					<strong>${e(part.item_code)}</strong> ${e(part.item_name || "")}
					<div class="small" style="display: flex; flex-wrap: wrap; column-gap: 12px">${facts
						.filter(Boolean)
						.map((fact) => `<span>${fact}</span>`)
						.join("")}</div>
				</div>
				<div style="display: flex; gap: 8px; align-items: center; flex: none"
					data-name="${e(part.item_name || "")}">
					${qty ? this.button_html(part, -1, "−") + `<strong>${qty}</strong>` : ""}
					${this.button_html(part, 1, "+")}
				</div>
			</div>${substitutes}`;
	}

	button_html(part, change, sign) {
		const e = frappe.utils.escape_html;
		return `<button class="btn btn-default" style="min-width: 40px" data-part="${e(
			part.item_code
		)}" data-change="${change}" aria-label="${e(part.item_code)} ${sign}">${sign}</button>`;
	}

	change($button) {
		const item_code = $button.attr("data-part");
		const chosen = this.chosen.get(item_code) || {
			item_name: $button.parent().attr("data-name"),
			qty: 0,
		};
		chosen.qty += Number($button.attr("data-change"));
		if (chosen.qty > 0) this.chosen.set(item_code, chosen);
		else this.chosen.delete(item_code);
		this.show();
	}

	add() {
		if (this.take) {
			this.take([...this.chosen].map(([item_code, part]) => ({ item_code, ...part })));
			this.dialog.hide();
			return;
		}
		this.chosen.forEach(({ item_name, qty }, item_code) =>
			this.frm.add_child("parts", { item_code, item_name, qty })
		);
		this.frm.refresh_field("parts");
		if (this.chosen.size) this.frm.dirty();
		this.dialog.hide();
	}
};

aftersales.forms.add_parts_button = function (frm, group) {
	if (frm.doc.docstatus === 0 && !frm.is_new() && frm.doc.status !== "Cancelled" && frm.perm[0].write) {
		aftersales.forms.add_button(frm, __("Find Parts"), () => new aftersales.forms.PartSearch(frm), group);
	}
};
