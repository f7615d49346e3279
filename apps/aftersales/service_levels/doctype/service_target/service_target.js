frappe.provide("aftersales.service_levels");

// Filters [field, operator, value] as the expression that a target evaluates on a document; "" without any.
aftersales.service_levels.condition_of = function (filters, doctype) {
	const numeric = (field) => {
		const type = frappe.meta.get_docfield(doctype, field)?.fieldtype;
		return ["Int", "Float", "Currency", "Percent", "Check", "Duration"].includes(type);
	};
	const is_time = (field) =>
		["Date", "Datetime"].includes(frappe.meta.get_docfield(doctype, field)?.fieldtype);
	const one = (field, value) => {
		if (numeric(field)) return flt(value);
		const text = JSON.stringify(String(value ?? ""));
		return is_time(field) ? `frappe.utils.get_datetime(${text})` : text;
	};
	const part = ([field, operator, value]) => {
		const stored = `doc.${field}`;
		const known = numeric(field)
			? `(${stored} or 0)`
			: is_time(field)
			? `frappe.utils.get_datetime(${stored})`
			: `(${stored} or "")`;
		const compared = (right) =>
			is_time(field) ? `(${stored} and ${known} ${right})` : `${known} ${right}`;
		const items = (Array.isArray(value) ? value : String(value).split(",")).map((item) =>
			one(field, String(item).trim())
		);
		const text = JSON.stringify(String(value).replace(/%/g, "").toLowerCase());
		switch (operator) {
			case "=":
				return compared(`== ${one(field, value)}`);
			case "is":
				return `${value === "set" ? "" : "not "}(${stored} or "")${value === "set" ? ' != ""' : ""}`;
			case "in":
			case "not in":
				return compared(`${operator} [${items.join(", ")}]`);
			case "like":
				return `${text} in (${stored} or "").lower()`;
			case "not like":
				return `${text} not in (${stored} or "").lower()`;
			case "!=":
			case ">":
			case "<":
			case ">=":
			case "<=":
				return compared(`${operator} ${one(field, value)}`);
			default:
				frappe.throw(__("{0} cannot be used here.", [operator]));
		}
	};
	return filters.map(part).join(" and ");
};

frappe.ui.form.on("Service Target", {
	refresh(frm) {
		if (frm.doc.disabled_reason) frm.set_intro(frm.doc.disabled_reason, "red");
		if (frm.doc.document_type) {
			aftersales.forms.add_button(frm, __("Preview"), () => frm.trigger("preview"));
			if (aftersales.forms.may_write(frm)) {
				const choose = (label, event) =>
					aftersales.forms.add_button(frm, label, () => frm.trigger(event), __("Choose"));
				choose(__("Start, Stop and Pause"), "choose_events");
				choose(__("Conditions"), "choose_conditions");
			}
		}
		if (!frm.is_new() && !frm.doc.enabled) frm.trigger("offer_to_end_clocks");
	},

	async offer_to_end_clocks(frm) {
		const name = frm.doc.name;
		const { message: running } = await frm.call("count_running_clocks");
		if (!running || frm.doc.name !== name || !aftersales.forms.may_write(frm)) return;
		frm.set_intro(__("{0} clocks of this target run on.", [running]), "orange");
		aftersales.forms.add_button(frm, __("End Running Clocks"), () =>
			aftersales.forms.act(frm, "end_clocks")
		);
	},

	// Fields and statuses by their labels, as the document type has them.
	async choose_events(frm) {
		const type = frm.doc.document_type;
		await new Promise((resolve) => frappe.model.with_doctype(type, resolve));
		const fields = frappe.get_meta(type).fields;
		const times = fields
			.filter(({ fieldtype }) => ["Date", "Datetime"].includes(fieldtype))
			.map(({ fieldname, label }) => ({ value: fieldname, label: __(label) }));
		const set = fields
			.filter(({ fieldtype, label }) => label && !frappe.model.no_value_type.includes(fieldtype))
			.map(({ fieldname, label }) => ({ value: fieldname, label: __(label) }));
		const statuses = (fields.find(({ fieldname }) => fieldname === "status")?.options || "")
			.split("\n")
			.filter(Boolean);
		const lines = (fieldname) => (frm.doc[fieldname] || "").split("\n").filter(Boolean);
		const none = { value: "", label: "" };
		const field = (fieldname, options) => ({
			fieldname,
			fieldtype: "Select",
			label: __(frappe.meta.get_label(frm.doctype, fieldname)),
			options: [none, ...options],
			default: frm.doc[fieldname] || "",
		});
		const several = (fieldname) => ({
			fieldname,
			fieldtype: "MultiCheck",
			label: __(frappe.meta.get_label(frm.doctype, fieldname)),
			columns: 2,
			options: statuses.map((status) => ({
				value: status,
				label: __(status),
				checked: lines(fieldname).includes(status) ? 1 : 0,
			})),
		});
		const creation = { value: "creation", label: __("Created On") };
		new frappe.ui.Dialog({
			title: __("When does the clock run?"),
			fields: [
				field("start_field", [creation, ...times]),
				several("start_status"),
				{ fieldtype: "Section Break" },
				field("stop_field", set),
				several("stop_status"),
				{ fieldtype: "Section Break" },
				several("pause_status"),
				several("cancel_status"),
			],
			primary_action_label: __("Take Over"),
			primary_action: aftersales.forms.answer(async (values) => {
				for (const [fieldname, value] of Object.entries(values)) {
					await frm.set_value(fieldname, Array.isArray(value) ? value.join("\n") : value);
				}
			}),
		}).show();
	},

	// Frappe's filter area; what is chosen there becomes the condition.
	async choose_conditions(frm) {
		const type = frm.doc.document_type;
		await new Promise((resolve) => frappe.model.with_doctype(type, resolve));
		const dialog = new frappe.ui.Dialog({
			title: __("For which {0}?", [__(type)]),
			fields: [
				{ fieldname: "filters", fieldtype: "HTML" },
				{
					fieldtype: "HTML",
					fieldname: "now",
					options: frm.doc.condition
						? `<p class="text-muted">${__("Now: {0}", [
								`<samp>${frappe.utils.escape_html(frm.doc.condition)}</samp>`,
						  ])}</p>`
						: "",
				},
			],
			primary_action_label: __("Take Over"),
			primary_action: aftersales.forms.answer(async () => {
				const filters = group
					.get_filters()
					.map(([, field, operator, value]) => [field, operator, value]);
				await frm.set_value("condition", aftersales.service_levels.condition_of(filters, type));
			}),
		});
		const group = new frappe.ui.FilterGroup({
			parent: dialog.get_field("filters").$wrapper,
			doctype: type,
			on_change: () => {},
		});
		dialog.show();
	},

	async preview(frm) {
		const { rows, looked_at } = await frappe.xcall("aftersales.service_levels.preview.preview", {
			target: frm.doc,
		});
		const when = (time) => (time ? frappe.datetime.str_to_user(time) : "");
		const cells = (row) =>
			[row.name, row.title, row.status, when(row.starts), when(row.due), row.outcome]
				.map((value) => `<td>${frappe.utils.escape_html(String(value ?? ""))}</td>`)
				.join("");
		const head = [__("Document"), __("Title"), __("Status"), __("Starts"), __("Due"), __("What Happens")]
			.map((label) => `<th>${label}</th>`)
			.join("");
		const documents = rows.length
			? `<table class="table table-sm"><thead><tr>${head}</tr></thead><tbody>${rows
					.map((row) => `<tr>${cells(row)}</tr>`)
					.join("")}</tbody></table>`
			: __("This target applies to none of the open documents.");
		// Six columns: Frappe's message is too narrow for them
		new frappe.ui.Dialog({
			title: __("{0} of {1} open documents", [rows.length, looked_at]),
			size: "extra-large",
			fields: [
				{
					fieldname: "documents",
					fieldtype: "HTML",
					options: `<div class="table-responsive">${documents}</div>`,
				},
			],
		}).show();
	},
});
