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
	FORMS: ["Service Voucher", "Service Checklist", "Collection Receipt", "Loaner Issue"],

	start() {
		const { kept } = aftersales;
		for (const doctype of kept.FORMS) {
			frappe.ui.form.on(doctype, {
				refresh: (frm) => kept.refreshed(frm),
				before_save: (frm) => (frm.save_tried = frm.doc.name),
				after_save: (frm) => kept.save_answered(frm),
			});
		}
		// Frappe says so when a document that was new has been saved and has its name
		$(document).on("rename", (event, doctype) => kept.forget({ doctype, __islocal: 1 }));
		kept.clear_old();
		setInterval(() => kept.keep(window.cur_frm), kept.EVERY);
		window.addEventListener("pagehide", () => kept.keep(window.cur_frm));
		window.addEventListener("offline", () => kept.say_offline(true));
		window.addEventListener("online", () => kept.say_offline(false));
	},

	// A document that was never saved has no name yet: the next new one is offered what was entered.
	key: (doc) =>
		`${aftersales.kept.PREFIX}${frappe.session.user}:${doc.doctype}:${doc.__islocal ? "new" : doc.name}`,

	concerns: (frm) =>
		frm?.doc && aftersales.kept.FORMS.includes(frm.doctype) && !frm.doc.docstatus && !frm.read_only,

	// ------------------------------------------------------------------ keeping

	refreshed(frm) {
		const { kept } = aftersales;
		// A new document counts as changed from its beginning: what it begins with is what nobody has entered
		if (frm.is_new() ? frm.stored_entries?.name === frm.doc.name : frm.is_dirty()) return;
		kept.withdraw(frm); // a form is used for one document after the other
		if (!kept.concerns(frm)) return;
		frm.stored_entries = { name: frm.doc.name, entries: kept.entries(frm.doc) };
		const found = kept.read(frm.doc);
		if (!found) return;
		const changes = kept.not_saved_yet(found, frm.stored_entries.entries);
		if (changes) kept.offer(frm, { ...found, changes });
		else kept.forget(frm.doc);
	},

	// Frappe calls after_save for a save that failed, too: without a network, after a server error, when the session
	// has ended. Only a form without changes was saved.
	save_answered(frm) {
		const { kept } = aftersales;
		if (frm.is_dirty()) kept.keep(frm);
		else kept.forget(frm.doc);
	},

	keep(frm) {
		const { kept } = aftersales;
		if (!kept.concerns(frm) || !frm.is_dirty() || frm.stored_entries?.name !== frm.doc.name) return;
		// Of a new document scripts enter much themselves: it is worth keeping once somebody wanted to save it, or cannot
		if (frm.is_new() && frm.save_tried !== frm.doc.name && navigator.onLine) return;
		const changes = kept.changes(frm.stored_entries.entries, kept.entries(frm.doc));
		if (!changes) return;
		const key = kept.key(frm.doc);
		const before = kept.read(frm.doc);
		if (before && JSON.stringify(before.changes) === JSON.stringify(changes)) return;
		try {
			localStorage.setItem(
				key,
				JSON.stringify({
					at: Date.now(),
					modified: frm.doc.modified,
					changes,
					had: kept.row_names(frm),
				})
			);
		} catch {
			kept.say_not_kept(frm);
		}
	},

	// Rows that the document had when the changes were made: what came later may be the same rows, saved after all.
	row_names: (frm) =>
		Object.values(frm.stored_entries.entries.tables).flatMap((rows) => rows.map((row) => row.name)),

	say_not_kept(frm) {
		if (frm.told_not_kept === frm.doc.name) return;
		frm.told_not_kept = frm.doc.name;
		frappe.msgprint({
			title: __("Not Kept on This Device"),
			indicator: "red",
			message: __(
				"The storage of this browser is full or switched off. What you enter here is lost when the page is closed before it is saved. Free some storage, or write it down."
			),
		});
	},

	// Whether this browser stores anything at the moment: full or private storage throws.
	can_keep() {
		const probe = `${aftersales.kept.PREFIX}probe`;
		try {
			localStorage.setItem(probe, "x".repeat(4096));
			return true;
		} catch {
			return false;
		} finally {
			localStorage.removeItem(probe);
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

	// The server may have saved and only its answer was lost: what the document has by now is not offered again.
	not_saved_yet({ changes, had = [] }, stored) {
		const { kept } = aftersales;
		const found = { fields: kept.differing(stored.fields, changes.fields), tables: {} };
		for (const [table, { added, changed, removed }] of Object.entries(changes.tables)) {
			const rows = stored.tables[table] || [];
			const later = rows.filter((row) => !had.includes(row.name));
			const left = {
				added: added.filter((values) => !kept.take_same(later, values)),
				changed: changed
					.map(({ name, values }) => {
						const row = rows.find((one) => one.name === name);
						return { name, values: row ? kept.differing(row.values, values) : values };
					})
					.filter((row) => Object.keys(row.values).length),
				removed: removed.filter((name) => rows.some((row) => row.name === name)),
			};
			if (Object.values(left).some((part) => part.length)) found.tables[table] = left;
		}
		return Object.keys(found.fields).length || Object.keys(found.tables).length ? found : null;
	},

	// Takes the row out of `rows` that has all of `values`; what was left empty the server may have filled in.
	take_same(rows, values) {
		const entered = Object.entries(values).filter(([, value]) => value || value === 0);
		const at = rows.findIndex((row) =>
			entered.every(([field, value]) => JSON.stringify(row.values[field]) === JSON.stringify(value))
		);
		return at < 0 ? null : rows.splice(at, 1)[0];
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
					message: aftersales.kept.can_keep()
						? __("No connection. What you enter is kept on this device until it can be saved.")
						: __(
								"No connection, and the storage of this browser is full or switched off: what you enter is lost when the page is closed."
						  ),
					indicator: aftersales.kept.can_keep() ? "orange" : "red",
				},
				10
			);
		} else if (frm.is_dirty()) {
			frappe.show_alert({ message: __("The connection is back. Save now."), indicator: "green" }, 10);
		}
	},
});

aftersales.kept.start();
