// Finish Visit: the report of a visit in one dialog, made for a thumb. The server completes the visit by its own submit.
frappe.provide("aftersales.forms");

aftersales.forms.finish_visit = async function (frm) {
	await aftersales.forms.save_typed(frm);
	const proposed = await frappe.xcall("aftersales.field_service.finishing.begin", { voucher: frm.docname });
	return new aftersales.forms.FinishVisit(frm, proposed);
};

aftersales.forms.FinishVisit = class FinishVisit {
	STEP = 0.25; // hours

	constructor(frm, { report, labour, parts, suggested, seen }) {
		Object.assign(this, { frm, labour, parts, suggested, seen });
		this.escape = frappe.utils.escape_html;
		const label = (fieldname) => __(frappe.meta.get_label("Service Voucher", fieldname));
		const on_completed = (values) => values.outcome === "Completed";
		const with_rest = ["Revisit Needed", "Taken to Workshop", "No Access"];
		const field = (fieldname, more = {}) => ({
			fieldname,
			fieldtype: "Small Text",
			label: label(fieldname),
			default: report[fieldname],
			...more,
		});
		this.dialog = new frappe.ui.Dialog({
			title: __("Finish Visit"),
			fields: [
				field("technician", {
					fieldtype: "Link",
					options: "Service Technician",
					hidden: frm.doc.technician ? 1 : 0,
					get_query: () => ({ filters: { is_active: 1, company: frm.doc.company } }),
				}),
				field("arrived_at", { fieldtype: "Datetime", hidden: frm.doc.arrived_at ? 1 : 0 }),
				...this.choice("outcome", label("outcome"), report.outcome),
				field("findings", { max_height: "80px" }),
				...this.choice("test_result", label("test_result"), report.test_result, on_completed),
				field("work_left", { depends_on: (values) => with_rest.includes(values.outcome) }),
				field("parts_left", { depends_on: (values) => with_rest.includes(values.outcome) }),
				{ fieldname: "lines", fieldtype: "HTML" },
				{ fieldtype: "Section Break" },
				field("customer_signature", { fieldtype: "Signature" }),
				field("signed_by", { fieldtype: "Data" }),
				field("unsigned_reason", {
					fieldtype: "Data",
					depends_on: (values) => !values.customer_signature,
				}),
			],
			primary_action_label: __("Complete Visit"),
			primary_action: aftersales.forms.answer((values) => this.finish(values)),
		});
		this.dialog.$wrapper.addClass("aftersales-finish");
		this.$lines = this.dialog.get_field("lines").$wrapper;
		this.$lines.on("click", "[data-row]", (event) => this.step(event.currentTarget.dataset));
		this.$lines.on("click", "[data-add]", (event) => this.add(event.currentTarget.dataset));
		this.$lines.on("click", ".af-find", () => this.find());
		this.dialog.$wrapper.on("click", "[data-choice]", (event) => {
			const { choice, value } = event.currentTarget.dataset;
			this.dialog.set_value(choice, value).then(() => this.show_choices());
		});
		this.dialog.show();
		this.show_lines();
		this.show_choices();
	}

	// A field whose values are buttons: one tap instead of a list that opens.
	choice(fieldname, label, value, depends_on) {
		return [
			{ fieldname: `${fieldname}_taps`, fieldtype: "HTML", label, depends_on },
			{ fieldname, fieldtype: "Data", hidden: 1, default: value },
		];
	}

	show_choices() {
		["outcome", "test_result"].forEach((fieldname) => {
			const { options, label } = frappe.meta.get_docfield("Service Voucher", fieldname);
			const now = this.dialog.get_value(fieldname);
			const taps = options
				.split("\n")
				.filter(Boolean)
				.map(
					(value) =>
						`<button type="button" class="btn ${
							value === now ? "btn-primary" : "btn-default"
						}" role="radio" aria-checked="${value === now}" data-choice="${fieldname}"
						data-value="${this.escape(value)}">${this.escape(__(value))}</button>`
				)
				.join("");
			this.dialog
				.get_field(`${fieldname}_taps`)
				.$wrapper.html(
					`<div class="control-label">${this.escape(
						__(label)
					)}</div><div class="aftersales-taps af-taps" role="radiogroup" aria-label="${this.escape(
						__(label)
					)}">${taps}</div>`
				);
		});
		this.dialog.refresh_dependency();
	}

	show_lines() {
		const number = (value) => frappe.format(value, { fieldtype: "Float", precision: 2 }, { inline: 1 });
		const stepper = (table, i, text, value, fixed) => `
			<div class="af-line"><span>${this.escape(text)}</span>${
			fixed
				? `<strong>${value}</strong>`
				: `<button type="button" class="btn btn-default" data-row="${i}" data-table="${table}" data-change="-1"
					aria-label="${this.escape(text)} −">−</button><strong>${value}</strong>
				<button type="button" class="btn btn-default" data-row="${i}" data-table="${table}" data-change="1"
					aria-label="${this.escape(text)} +">+</button>`
		}</div>`;
		const several = new Set(this.labour.map(({ technician }) => technician)).size > 1;
		const labour = this.labour.map(({ activity, technician, hours, fixed }, i) => {
			const what = [__(activity), several && technician].filter(Boolean).join(" · ");
			return stepper("labour", i, what, __("{0} h", [number(hours)]), fixed);
		});
		const parts = this.parts.map(({ item_code, item_name, qty }, i) =>
			stepper("parts", i, item_name || item_code, number(qty))
		);
		const suggested = this.suggested
			.filter(({ item_code }) => !this.parts.some((part) => part.item_code === item_code))
			.map(
				({ item_code, item_name, here }) =>
					`<button type="button" class="btn btn-default btn-sm" data-add="${this.escape(item_code)}"
						data-name="${this.escape(item_name || "")}">+ ${this.escape(item_name || item_code)}
						<span class="text-muted">${number(here)}</span></button>`
			);
		this.$lines.html(`
			<div class="control-label">${__("Labour and Travel")}</div>${labour.join("")}
			<div class="control-label">${__("Parts")}</div>${parts.join("")}
			<div class="af-suggested">${suggested.join("")}
				<button type="button" class="btn btn-default btn-sm af-find">${__("Find Parts")}</button></div>`);
	}

	step({ table, row, change }) {
		const line = this[table][row];
		if (table === "labour") line.hours = Math.max(0, line.hours + change * this.STEP);
		else line.qty = Math.max(0, line.qty + Number(change));
		if (table === "parts" && !line.qty && !line.name) this.parts.splice(row, 1);
		this.show_lines();
	}

	add({ add: item_code, name: item_name }) {
		const line = this.parts.find((part) => part.item_code === item_code);
		if (line) line.qty += 1;
		else this.parts.push({ name: null, item_code, item_name, qty: 1 });
		this.show_lines();
	}

	find() {
		new aftersales.forms.PartSearch(this.frm, (chosen) =>
			chosen.forEach(({ item_code, item_name, qty }) => {
				for (let i = 0; i < qty; i++) this.add({ add: item_code, name: item_name });
			})
		);
	}

	async finish(values) {
		const { frm } = this;
		const fields = ["technician", "arrived_at", "outcome", "findings", "test_result", "work_left"];
		fields.push("parts_left", "signed_by", "customer_signature", "unsigned_reason");
		const report = {};
		fields.forEach((fieldname) => (report[fieldname] = values[fieldname] ?? null));
		if (report.outcome !== "Completed") delete report.test_result;
		frappe.ui.form.is_saving = true; // see aftersales.forms.act
		let done;
		try {
			done = await frappe.xcall(
				"aftersales.field_service.finishing.finish",
				{ voucher: frm.docname, report, labour: this.labour, parts: this.parts, seen: this.seen },
				"POST",
				{ freeze: true }
			);
			await frm.reload_doc();
		} finally {
			frappe.ui.form.is_saving = false;
		}
		frappe.show_alert({
			message: done.amount_due
				? __("{0} is completed: {1} to pay", [
						this.escape(frm.docname),
						format_currency(done.amount_due, done.currency),
				  ])
				: __("{0} is completed", [this.escape(frm.docname)]),
			indicator: "green",
		});
	}
};
