const PROGRESS_EVENT = "billing_run_progress";
const RUNNING = ["Queued", "Running"];
const POLL_MS = 2000;
const TOLD = 10; // failures told in full above the form

frappe.ui.form.on("Billing Run", {
	setup(frm) {
		frappe.realtime.on(PROGRESS_EVENT, (state) => {
			if (!aftersales.forms.is_shown(frm) || state.name !== frm.doc.name) return;
			if (state.over || state.status !== frm.doc.status) return frm.reload_doc();
			show_progress(frm, state.jobs_done, state.jobs_total);
		});
		lead_to_documents(frm);
	},

	refresh(frm) {
		show_state(frm);
		add_buttons(frm);
		watch(frm);
	},

	on_hide: stop_watching,
});

// A click on a job or an invoice opens it, as in a list, instead of the row: the rows are not edited.
function lead_to_documents(frm) {
	const open = (event) => {
		const link = event.target.closest(".static-area a[data-doctype]");
		if (!link) return;
		event.preventDefault();
		event.stopPropagation();
		frappe.set_route("Form", link.dataset.doctype, link.dataset.name);
	};
	frm.fields_dict.entries.wrapper.addEventListener("click", open, true);
}

function show_state(frm) {
	const { status, invoices, failed, jobs_done, jobs_total } = frm.doc;
	frm.dashboard.clear_headline();
	frm.toggle_enable(["company", "customer", "until", "submit_invoices"], status === "Draft");
	if (status === "Draft") return;
	frm.disable_save();
	if (status === "Queued") {
		frm.dashboard.set_headline_alert(__("Queued. It starts in a moment."), "blue");
	} else if (status === "Running") {
		show_progress(frm, jobs_done, jobs_total);
	} else {
		const text = failed
			? __("{0} jobs done, {1} invoices. Not billed: {2}", [jobs_done - failed, invoices, failed]) +
			  failures_html(frm)
			: __("{0} jobs done, {1} invoices.", [jobs_done, invoices]);
		frm.dashboard.set_headline_alert(text, failed ? "orange" : "green");
	}
}

function failures_html(frm) {
	const failed = (frm.doc.entries || []).filter((entry) => entry.result === "Failed");
	const told = failed.slice(0, TOLD).map((entry) => {
		const job = frappe.utils.get_form_link(entry.voucher_type, entry.voucher, true);
		return `<li>${job}: ${frappe.utils.escape_html(entry.reason)}</li>`;
	});
	if (failed.length > TOLD) told.push(`<li>${__("and {0} more", [failed.length - TOLD])}</li>`);
	return `<ul class="mb-0 pl-4">${told.join("")}</ul>`;
}

function show_progress(frm, done, total) {
	const percent = total ? Math.max((done * 100) / total, 1) : 100;
	frm.dashboard.clear_headline();
	frm.dashboard.set_headline_alert(
		`${__("{0} of {1} jobs", [done, total])}
		<div class="progress mt-2">
			<div class="progress-bar" role="progressbar" style="width: ${percent}%"></div>
		</div>`,
		"blue"
	);
}

function add_buttons(frm) {
	if (frm.is_new() || frm.is_dirty() || !frm.perm[0].write) return;
	const { status } = frm.doc;
	if (RUNNING.includes(status)) {
		aftersales.forms.add_button(frm, __("Stop"), () => call(frm, "stop"));
	} else if (status !== "Done") {
		aftersales.forms
			.add_button(frm, status === "Draft" ? __("Start Billing") : __("Continue"), () =>
				call(frm, "start")
			)
			.removeClass("btn-default")
			.addClass("btn-primary");
	}
	aftersales.forms.add_button(frm, __("Billing Desk"), () => frappe.set_route("billing-desk"));
}

// By name, not by the form's copy: a running job changes the stored document all the time.
function ask(frm, method) {
	return frappe
		.call({ method: "run_doc_method", args: { dt: frm.doctype, dn: frm.docname, method } })
		.then(({ message }) => message);
}

function call(frm, method) {
	return ask(frm, method).then(() => frm.reload_doc());
}

// Live messages carry the progress; asking now and then shows the end, or a dead worker, where they do not arrive.
function watch(frm) {
	stop_watching(frm);
	if (frm.is_new() || !RUNNING.includes(frm.doc.status)) return;
	frm.billing_watch = setInterval(() => {
		if (!aftersales.forms.is_shown(frm)) return stop_watching(frm);
		ask(frm, "progress").then((state) => {
			if (!state.alive) {
				stop_watching(frm);
				frm.dashboard.clear_headline();
				frm.dashboard.set_headline_alert(
					__("The background worker ended before the work was done. Nothing is half-billed."),
					"red"
				);
				aftersales.forms.add_button(frm, __("Continue"), () => call(frm, "start"));
			} else if (state.status !== frm.doc.status) {
				frm.reload_doc();
			} else {
				show_progress(frm, state.done, state.total);
			}
		});
	}, POLL_MS);
}

function stop_watching(frm) {
	clearInterval(frm.billing_watch);
	frm.billing_watch = null;
}
