// Visit Plan: chosen days, their proposal with its reasons, and what of it is accepted.
const EVENT = "visit_plan_progress";
const AT_WORK = ["Queued", "Planning"];
const ASK_EVERY = 3000;
const COLOURS = {
	Proposed: "blue",
	Unchanged: "gray",
	Accepted: "green",
	Refused: "red",
	"Left over": "orange",
};

frappe.ui.form.on("Visit Plan", {
	setup(frm) {
		frm.set_query("technicians", () => ({
			filters: { company: frm.doc.company, is_active: 1 },
		}));
		frappe.realtime.on(EVENT, (state) => {
			if (!aftersales.forms.is_shown(frm) || state.name !== frm.doc.name) return;
			if (state.progress >= 100) return frm.reload_doc();
			show_state(frm, state.progress);
		});
	},

	refresh(frm) {
		const editable = frm.is_new() || ["Draft", "Proposed", "Failed"].includes(frm.doc.status);
		frm.toggle_enable(
			["company", "from_date", "to_date", "service_zone", "technicians", "reschedule"],
			editable
		);
		show_state(frm, frm.doc.progress);
		add_buttons(frm);
		draw(frm);
		watch(frm);
	},

	on_hide: stop_watching,
});

function show_state(frm, progress) {
	frm.dashboard.clear_headline();
	const { status } = frm.doc;
	if (status === "Queued") {
		frm.dashboard.set_headline_alert(__("Queued. It starts in a moment."), "blue");
	} else if (status === "Planning") {
		frm.dashboard.set_headline_alert(__("Planning: {0} %", [Math.round(progress || 0)]), "blue");
	} else if (status === "Failed") {
		const text = frappe.utils.escape_html(frm.doc.error || "");
		frm.dashboard.set_headline_alert(text || __("The planning ended with an error."), "red");
	}
}

function add_buttons(frm) {
	if (frm.is_new() || frm.is_dirty() || !frm.perm[0].write) return;
	const accepted = rows_of(frm, "Accepted").length;
	const waiting = [...rows_of(frm, "Proposed"), ...rows_of(frm, "Refused")].length;
	if (!AT_WORK.includes(frm.doc.status) && !accepted) {
		const again = frm.doc.status !== "Draft";
		const button = aftersales.forms.add_button(frm, again ? __("Plan Again") : __("Propose Visits"), () =>
			call(frm, "start")
		);
		if (!again) button.removeClass("btn-default").addClass("btn-primary");
	}
	if (waiting && ["Proposed", "Accepted"].includes(frm.doc.status)) {
		aftersales.forms.add_button(frm, __("Accept Chosen"), () => accept(frm, chosen(frm)));
		aftersales.forms
			.add_button(frm, __("Accept All"), () => accept(frm))
			.removeClass("btn-default")
			.addClass("btn-primary");
	}
	aftersales.forms.add_button(frm, __("Dispatch Board"), () => frappe.set_route("dispatch-board"));
}

// By name, not by the form's copy: a running job changes the stored document.
function ask(frm, method, args) {
	return frappe
		.call({
			method: "run_doc_method",
			args: { dt: frm.doctype, dn: frm.docname, method, args },
		})
		.then(({ message }) => message);
}

async function call(frm, method) {
	await ask(frm, method);
	await frm.reload_doc();
}

async function accept(frm, rows) {
	if (rows && !rows.length) {
		frappe.show_alert({ message: __("Choose the visits to accept first."), indicator: "orange" });
		return;
	}
	const answer = await ask(frm, "accept", rows ? { rows } : {});
	await frm.reload_doc();
	const text = answer.refused
		? __("{0} visits planned, {1} refused. The reasons are in their rows.", [
				answer.accepted,
				answer.refused,
		  ])
		: answer.accepted === 1
		? __("1 visit planned.")
		: __("{0} visits planned.", [answer.accepted]);
	frappe.show_alert({ message: text, indicator: answer.refused ? "orange" : "green" });
}

const rows_of = (frm, state) => (frm.doc.proposals || []).filter((row) => row.state === state);

const chosen = (frm) =>
	frm.fields_dict.proposals_html.$wrapper
		.find("input[data-row]:checked")
		.map((_i, box) => box.dataset.row)
		.get();

// ---------------------------------------------------------------- the proposal

function draw(frm) {
	const rows = frm.doc.proposals || [];
	const field = frm.fields_dict.proposals_html;
	if (!rows.length) {
		const none = frm.doc.status === "Proposed" ? __("No call waits for a visit on these days.") : "";
		field.$wrapper.html(`<p class="text-muted">${none}</p>`);
		return;
	}
	const days = new Map();
	for (const row of rows.filter((one) => one.technician)) {
		const key = `${row.planned_start.slice(0, 10)} ${row.technician}`;
		if (!days.has(key)) days.set(key, []);
		days.get(key).push(row);
	}
	const parts = [...days.keys()].sort().map((key) => day_html(frm, days.get(key)));
	const left = rows_of(frm, "Left over");
	if (left.length) parts.push(left_html(frm, left));
	field.$wrapper.html(`<div class="visit-plan-days">${parts.join("")}</div>`);
}

function day_html(frm, rows) {
	rows.sort((a, b) => (a.planned_start < b.planned_start ? -1 : 1));
	const date = frappe.datetime.str_to_user(rows[0].planned_start.slice(0, 10));
	const travel = rows.reduce((sum, row) => sum + row.travel_minutes, 0);
	const title = `${frappe.utils.escape_html(rows[0].technician)}, ${date}`;
	const sum =
		rows.length === 1
			? __("1 visit, {0} minutes of travel to it", [travel])
			: __("{0} visits, {1} minutes of travel to them", [rows.length, travel]);
	return `<h5 class="mt-4 mb-1">${title} <small class="text-muted">${sum}</small></h5>
		<ul class="list-unstyled mb-0">${rows.map((row) => row_html(frm, row)).join("")}</ul>`;
}

function row_html(frm, row) {
	const open = ["Proposed", "Refused"].includes(row.state);
	const time = `${row.planned_start.slice(11, 16)}–${row.planned_end.slice(11, 16)}`;
	const label = `${time} ${what(frm, row)}`;
	const box = open
		? `<input type="checkbox" data-row="${row.name}" checked aria-label="${__("Accept")} ${time}">`
		: "";
	const visit = row.service_voucher
		? ` · ${frappe.utils.get_form_link("Service Voucher", row.service_voucher, true)}`
		: "";
	return `<li class="d-flex border-bottom py-2" style="gap: 10px">
		<div style="width: 18px">${box}</div>
		<div class="flex-grow-1">
			<div><b>${label}</b> ${state_html(row)}</div>
			<div class="text-muted small">${link(row)}${visit} · ${frappe.utils.escape_html(row.why || "")}</div>
			${refused_html(row)}
		</div>
	</li>`;
}

function left_html(frm, rows) {
	const items = rows.map(
		(row) => `<li class="border-bottom py-2">
			<div><b>${what(frm, row)}</b></div>
			<div class="text-muted small">${link(row)} · ${frappe.utils.escape_html(row.why || "")}</div>
		</li>`
	);
	return `<h5 class="mt-4 mb-1">${__("Calls Left over")}</h5>
		<ul class="list-unstyled">${items.join("")}</ul>`;
}

const link = (row) =>
	row.repair_call ? frappe.utils.get_form_link("Repair Call", row.repair_call, true) : "";

const refused_html = (row) =>
	row.refused_because
		? `<div class="text-danger small">${frappe.utils.escape_html(row.refused_because)}</div>`
		: "";

const state_html = (row) =>
	`<span class="indicator-pill no-indicator-dot ${COLOURS[row.state]}">${__(row.state)}</span>`;

function what(frm, row) {
	const call = (frm.doc.__onload?.of_calls || {})[row.repair_call];
	const text = call ? [call.customer_name, call.subject].filter(Boolean).join(": ") : row.repair_call;
	return frappe.utils.escape_html(text || __("Visit"));
}

// ---------------------------------------------------------------- while it runs

// Live messages carry the progress; asking now and then shows the end where they do not arrive.
function watch(frm) {
	stop_watching(frm);
	if (frm.is_new() || !AT_WORK.includes(frm.doc.status)) return;
	frm.plan_watch = setInterval(() => {
		if (!aftersales.forms.is_shown(frm)) return stop_watching(frm);
		ask(frm, "progress_of_run").then((state) => {
			if (state.status !== frm.doc.status) return frm.reload_doc();
			if (state.alive) return;
			stop_watching(frm);
			frm.dashboard.clear_headline();
			frm.dashboard.set_headline_alert(
				__("The background worker ended before the plan was ready. Nothing was planned."),
				"red"
			);
			aftersales.forms.add_button(frm, __("Plan Again"), () => call(frm, "start"));
		});
	}, ASK_EVERY);
}

function stop_watching(frm) {
	clearInterval(frm.plan_watch);
	frm.plan_watch = null;
}
