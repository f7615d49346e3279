// What was entered in a form and could not be saved yet is kept on this device: in a cellar without a network, when a
// session has run out or the phone ends the browser, nothing that was typed or signed is lost. Opening the document
// again offers it; saving it, or throwing it away, forgets it.
//
// Kept are changes, not the document: restored onto a document that others have changed meanwhile, they take
// nothing of theirs away.
frappe.provide("aftersales.kept");

Object.assign(aftersales.kept, {
	PREFIX: "aftersales-kept:",
	DAYS: 14,
	EVERY: 1500, // ms between two looks at a form with changes
	// The documents that are filled in on the road.
	FORMS: ["Service Voucher", "Collection Receipt", "Loaner Issue"],

	start() {
		const { kept } = aftersales;
		for (const doctype of kept.FORMS) {
			frappe.ui.form.on(doctype, {
				refresh: (frm) => kept.refreshed(frm),
				after_save: (frm) => kept.forget(frm.doc),
			});
		}
		kept.clear_old();
		setInterval(() => kept.keep(window.cur_frm), kept.EVERY);
		window.addEventListener("pagehide", () => kept.keep(window.cur_frm));
		window.addEventListener("offline", () => kept.say_offline(true));
		window.addEventListener("online", () => kept.say_offline(false));
	},

	key: (doc) => `${aftersales.kept.PREFIX}${frappe.session.user}:${doc.doctype}:${doc.name}`,

	concerns: (frm) =>
		frm?.doc &&
		aftersales.kept.FORMS.includes(frm.doctype) &&
		!frm.is_new() &&
		!frm.doc.docstatus &&
		!frm.read_only,

	// ------------------------------------------------------------------ keeping

	refreshed(frm) {
		const { kept } = aftersales;
		if (frm.is_dirty()) return;
		kept.withdraw(frm); // a form is used for one document after the other
		if (!kept.concerns(frm)) return;
		frm.stored_entries = { name: frm.doc.name, entries: kept.entries(frm.doc) };
		const found = kept.read(frm.doc);
		if (found) kept.offer(frm, found);
	},

	keep(frm) {
		const { kept } = aftersales;
		if (!kept.concerns(frm) || !frm.is_dirty() || frm.stored_entries?.name !== frm.doc.name) return;
		const changes = kept.changes(frm.stored_entries.entries, kept.entries(frm.doc));
		if (!changes) return;
		const text = JSON.stringify({ at: Date.now(), modified: frm.doc.modified, changes });
		const without_time = JSON.stringify(changes);
		if (frm.kept_text === without_time) return;
		try {
			localStorage.setItem(kept.key(frm.doc), text);
			frm.kept_text = without_time;
		} catch {
			// The device's store is full: the form still holds what was entered.
		}
	},

	// What a user can enter: fields by name, tables as rows by name.
	entries(doc) {
		const found = { fields: {}, tables: {} };
		for (const df of frappe.meta.get_docfields(doc.doctype)) {
			if (frappe.model.table_fields.includes(df.fieldtype)) {
				found.tables[df.fieldname] = (doc[df.fieldname] || []).map((row) => aftersales.kept.row(row));
			} else if (aftersales.kept.is_entered(df)) {
				found.fields[df.fieldname] = doc[df.fieldname] ?? null;
			}
		}
		return JSON.parse(JSON.stringify(found));
	},

	row(row) {
		const found = { name: row.name, fresh: !!row.__islocal, values: {} };
		for (const df of frappe.meta.get_docfields(row.doctype)) {
			if (aftersales.kept.is_entered(df)) found.values[df.fieldname] = row[df.fieldname] ?? null;
		}
		return found;
	},

	is_entered: (df) => !frappe.model.no_value_type.includes(df.fieldtype) && !df.read_only && !df.is_virtual,

	changes(before, now) {
		const { differing } = aftersales.kept;
		const found = { fields: differing(before.fields, now.fields), tables: {} };
		for (const [table, rows] of Object.entries(now.tables)) {
			const old = new Map(before.tables[table].map((row) => [row.name, row]));
			const names = new Set(rows.map((row) => row.name));
			const change = {
				added: rows.filter((row) => row.fresh && !old.has(row.name)).map((row) => row.values),
				changed: rows
					.filter((row) => old.has(row.name))
					.map((row) => ({
						name: row.name,
						values: differing(old.get(row.name).values, row.values),
					}))
					.filter((row) => Object.keys(row.values).length),
				removed: [...old.keys()].filter((name) => !names.has(name)),
			};
			if (Object.values(change).some((part) => part.length)) found.tables[table] = change;
		}
		return Object.keys(found.fields).length || Object.keys(found.tables).length ? found : null;
	},

	differing: (before, now) =>
		Object.fromEntries(
			Object.entries(now).filter(
				([field, value]) => JSON.stringify(value) !== JSON.stringify(before[field])
			)
		),

	// ------------------------------------------------------------------ giving back

	read(doc) {
		try {
			return JSON.parse(localStorage.getItem(aftersales.kept.key(doc)));
		} catch {
			return null;
		}
	},

	forget(doc) {
		localStorage.removeItem(aftersales.kept.key(doc));
	},

	offer(frm, { at, modified, changes }) {
		const { kept } = aftersales;
		const when = frappe.utils.escape_html(
			frappe.datetime.str_to_user(moment(at).format("YYYY-MM-DD HH:mm:ss"))
		);
		const changed =
			modified === frm.doc.modified ? "" : ` ${__("The document was changed by others since.")}`;
		kept.withdraw(frm);
		// Beside the form's own message, which others set and clear
		const $offer = $(`
			<div class="form-message orange aftersales-kept" role="status">
				${__("What was entered here until {0} was not saved.", [when])}${changed}
				<div style="display: flex; gap: 8px; margin-top: 8px">
					<button class="btn btn-primary btn-sm" data-kept="restore">${__("Restore")}</button>
					<button class="btn btn-default btn-sm" data-kept="discard">${__("Discard")}</button>
				</div>
			</div>`).prependTo(frm.layout.wrapper);
		$offer.find("[data-kept=restore]").on("click", () => kept.restore(frm, changes));
		$offer.find("[data-kept=discard]").on("click", () => {
			kept.forget(frm.doc);
			kept.withdraw(frm);
		});
	},

	withdraw: (frm) => $(frm.wrapper).find(".aftersales-kept").remove(),

	async restore(frm, changes) {
		aftersales.kept.withdraw(frm);
		await frm.set_value(changes.fields);
		for (const [table, { added, changed, removed }] of Object.entries(changes.tables)) {
			const rows = () => frm.doc[table] || [];
			for (const { name, values } of changed) {
				const row = rows().find((one) => one.name === name);
				if (row) await frappe.model.set_value(row.doctype, row.name, values);
			}
			for (const row of rows().filter((one) => removed.includes(one.name))) {
				frappe.model.clear_doc(row.doctype, row.name);
			}
			for (const values of added) frm.add_child(table, values);
			frm.refresh_field(table);
		}
		frm.dirty();
		frappe.show_alert({ message: __("Restored. Save it now."), indicator: "green" });
	},

	clear_old() {
		const { PREFIX, DAYS } = aftersales.kept;
		const oldest = Date.now() - DAYS * 86400000;
		for (const key of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
			try {
				if (JSON.parse(localStorage.getItem(key)).at > oldest) continue;
			} catch {
				// not ours to read: it goes
			}
			localStorage.removeItem(key);
		}
	},

	say_offline(offline) {
		const frm = window.cur_frm;
		if (!aftersales.kept.concerns(frm) || frappe.get_route()[0] !== "Form") return;
		if (offline) {
			frappe.show_alert(
				{
					message: __(
						"No connection. What you enter is kept on this device until it can be saved."
					),
					indicator: "orange",
				},
				10
			);
		} else if (frm.is_dirty()) {
			frappe.show_alert({ message: __("The connection is back. Save now."), indicator: "green" }, 10);
		}
	},
});

aftersales.kept.start();
