const PROGRESS_EVENT = "register_import_progress";
const POLL_MS = 5000;
const RUNNING = ["Checking", "Queued", "Importing"];

frappe.ui.form.on("Register Import", {
	setup(frm) {
		frappe.realtime.on(PROGRESS_EVENT, (state) => {
			if (!aftersales.forms.is_shown(frm) || state.name !== frm.doc.name) return;
			on_progress(frm, state);
		});
	},

	refresh(frm) {
		offer_meanings(frm);
		show_state(frm);
		add_buttons(frm);
		watch(frm);
	},

	on_hide: stop_watching,
});

const MEANINGS = {
	Status: ["Open", "Closed", "Cancelled", "Fixed", "Repairable", "End of life"],
	Outcome: ["Fixed", "Repairable", "End of life", "Unknown"],
	Channel: ["Phone", "E-mail", "Web", "Walk-in", "Messaging", "QR", "Fax", "Other"],
};

function offer_meanings(frm) {
	// Rows come from the check of the file; Frappe knows these properties in scripts only
	const { grid } = frm.get_field("words");
	aftersales.forms.take_no_rows(frm, "words");
	grid.df.cannot_delete_rows = true;
	frm.fields_dict.words.grid.grid_rows.forEach((row) => {
		const field = row.docfields.find(({ fieldname }) => fieldname === "meaning");
		field.options = ["", ...MEANINGS[row.doc.kind]].join("\n");
	});
}

function on_progress(frm, state) {
	if (!RUNNING.includes(frm.doc.status)) return;
	if (state.over) {
		frm.reload_doc();
	} else if (frm.doc.status === "Queued") {
		frm.reload_doc();
	} else {
		show_progress(frm, state);
	}
}

function show_state(frm) {
	const { doc } = frm;
	frm.dashboard.clear_headline();
	if (doc.failure) {
		frm.dashboard.set_headline_alert(doc.failure, "red");
	} else if (doc.status === "Checked" && doc.encoding_guessed) {
		frm.dashboard.set_headline_alert(
			__(
				"The encoding of the file is a guess: {0}. Compare how its letters look and select the encoding.",
				[frappe.utils.escape_html(doc.found_kind)]
			),
			"orange"
		);
	} else if (doc.status === "Checked") {
		const colour = doc.rows_bad ? "orange" : "green";
		frm.dashboard.set_headline_alert(
			__("{0} of {1} rows can be imported. Bad: {2}. Imported already: {3}.", [
				doc.rows_good - doc.rows_already,
				doc.rows_total,
				doc.rows_bad,
				doc.rows_already,
			]),
			colour
		);
	} else if (doc.status === "Done") {
		frm.dashboard.set_headline_alert(
			__("Imported: {0} rows. There before: {1}. Bad: {2}.", [
				doc.rows_imported,
				doc.rows_already,
				doc.rows_bad,
			]),
			doc.rows_bad ? "orange" : "green"
		);
	} else if (doc.status === "Queued") {
		frm.dashboard.set_headline_alert(__("Queued. It starts in a moment."), "blue");
	} else if (doc.status === "Importing") {
		show_progress(frm, { done: doc.rows_done, total: doc.rows_total });
	} else if (doc.status === "Stopped") {
		frm.dashboard.set_headline_alert(
			__("Stopped after {0} rows. Imported rows are kept; start again to continue.", [doc.rows_done]),
			"orange"
		);
	} else if (doc.status === "Draft" && !frm.is_new()) {
		frm.dashboard.set_headline_alert(
			__("Check the file first: the check writes nothing and lists every bad row."),
			"blue"
		);
	}
	frm.toggle_enable("columns", !RUNNING.includes(doc.status));
}

function add_buttons(frm) {
	if (frm.is_new() || frm.is_dirty()) return;
	const { status, bad_rows_file } = frm.doc;
	const guessed = frm.doc.encoding_guessed;
	const startable = !guessed && ["Checked", "Stopped", "Failed"].includes(status) && frm.doc.checked_file;

	if (RUNNING.includes(status)) {
		aftersales.forms.add_button(frm, __("Stop"), () => call(frm, "stop_import"));
		frm.disable_save();
	} else {
		frm.enable_save();
		const check = aftersales.forms.add_button(frm, __("Check File"), () => call(frm, "check_file"));
		if (["Draft", "Failed"].includes(status) && !startable)
			check.addClass("btn-primary").removeClass("btn-default");
		if (frm.doc.file_format === "Own columns") {
			aftersales.forms.add_button(frm, __("Propose Columns"), () => call(frm, "propose_columns"));
		}
	}
	if (guessed && !RUNNING.includes(status)) {
		aftersales.forms
			.add_button(frm, __("Select Encoding"), () => select_encoding(frm))
			.addClass("btn-primary")
			.removeClass("btn-default");
	}
	if (startable) {
		aftersales.forms
			.add_button(frm, status === "Checked" ? __("Start Import") : __("Continue Import"), () =>
				confirm_import(frm)
			)
			.addClass("btn-primary")
			.removeClass("btn-default");
	}
	if (bad_rows_file) {
		aftersales.forms.add_button(frm, __("Download Bad Rows"), () =>
			window.open(encodeURI(bad_rows_file))
		);
	}
}

// The same bytes are another text in each encoding: only who knows the language sees which one is right.
async function select_encoding(frm) {
	const readings = await ask(frm, "encodings", true);
	const lines_of = Object.fromEntries(readings.map(({ encoding, lines }) => [encoding, lines]));
	const show = (dialog) => {
		const lines = lines_of[dialog.get_value("encoding")] || [];
		dialog.fields_dict.lines.$wrapper
			.empty()
			.append($("<pre>").css("white-space", "pre-wrap").text(lines.join("\n")));
	};
	const dialog = new frappe.ui.Dialog({
		title: __("Which encoding shows the letters right?"),
		fields: [
			{
				fieldname: "encoding",
				fieldtype: "Select",
				label: __("Encoding"),
				options: readings.map(({ encoding }) => encoding),
				default: readings[0]?.encoding,
				reqd: 1,
				change: () => show(dialog),
			},
			{ fieldname: "lines", fieldtype: "HTML" },
		],
		primary_action_label: __("Check File"),
		primary_action: aftersales.forms.answer(async ({ encoding }) => {
			await frm.set_value("encoding", encoding);
			await frm.save();
			await call(frm, "check_file");
		}),
	});
	dialog.show();
	show(dialog);
}

function confirm_import(frm) {
	const waiting = frm.doc.rows_good - frm.doc.rows_already - frm.doc.rows_imported;
	aftersales.forms.confirm(
		__("Import {0} rows into {1}? Bad rows are left out.", [waiting, frm.doc.company.bold()]),
		() => call(frm, "start_import")
	);
}

// By name, not by the form's copy: a running job changes the stored document all the time.
function ask(frm, method, freeze = false) {
	return frappe
		.call({
			method: "run_doc_method",
			args: { dt: frm.doctype, dn: frm.docname, method },
			freeze,
		})
		.then(({ message }) => message);
}

function call(frm, method) {
	return ask(frm, method, true).then(() => frm.reload_doc());
}

// In the headline, which is seen on every tab; the dashboard's own bar is on the first tab only.
function show_progress(frm, { done, total }) {
	// The check learns how many rows there are only at the end.
	const message = total ? __("{0} of {1} rows", [done, total]) : __("{0} rows read", [done]);
	const percent = total ? Math.max((done * 100) / total, 1) : 100;
	frm.dashboard.clear_headline();
	frm.dashboard.set_headline_alert(
		`${message}
		<div class="progress mt-2">
			<div class="progress-bar" role="progressbar" style="width: ${percent}%"></div>
		</div>`,
		"blue"
	);
}

// Live messages carry the progress; asking now and then shows the end, or a dead worker, where they do not arrive.
function watch(frm) {
	stop_watching(frm);
	if (frm.is_new() || !RUNNING.includes(frm.doc.status)) return;
	frm.register_import_watch = setInterval(() => {
		if (!aftersales.forms.is_shown(frm)) return stop_watching(frm);
		ask(frm, "progress").then((state) => {
			if (state.status !== frm.doc.status) {
				frm.reload_doc();
			} else if (!state.alive) {
				stop_watching(frm);
				offer_to_continue(frm);
			} else if (state.status === "Importing") {
				show_progress(frm, state);
			}
		});
	}, POLL_MS);
}

function stop_watching(frm) {
	clearInterval(frm.register_import_watch);
	frm.register_import_watch = null;
}

function offer_to_continue(frm) {
	frm.dashboard.clear_headline();
	frm.dashboard.set_headline_alert(
		__("The background worker ended before the work was done. Nothing is half-imported."),
		"red"
	);
	if (frm.doc.status === "Importing") {
		aftersales.forms.add_button(frm, __("Continue Import"), () => call(frm, "start_import"));
	}
}
