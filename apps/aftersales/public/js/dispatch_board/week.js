// The week on the dispatch board: technicians by days, what room is left, and what was promised.
import { date_in_words } from "./words";

const e = frappe.utils.escape_html;

export function no_technician() {
	return aftersales.forms.empty_html(
		__("There is no active Service Technician that you can see."),
		aftersales.forms.first_technician()
	);
}

// The share of working time that is planned, and how it is marked.
export function share_of(planned, worked) {
	const share = worked ? planned / worked : planned ? 2 : 0;
	return [share, share > 1 ? "db-over" : share > 0.85 ? "db-full" : ""];
}

export function week_html(week, board) {
	if (!week.technicians.length) return no_technician();
	const heads = week.days.map(({ day, promised }) => {
		const waits = promised
			? `<span class="indicator-pill purple no-indicator-dot" title="${__(
					"Promised, and nobody is planned"
			  )}">${__("{0} not planned", [promised])}</span>`
			: "";
		return `<th scope="col" class="${day === week.today ? "db-today" : ""}">${in_words(
			day
		)}${waits}</th>`;
	});
	const rows = week.technicians.map(
		(technician) => `
			<tr data-technician="${e(technician.name)}"><th scope="row">${e(technician.name)}<span class="text-muted">${e(
			technician.zone || ""
		)}</span></th>
			${technician.days.map((day) => cell_html(technician, day, week, board)).join("")}</tr>`
	);
	return `<table class="db-week"><thead><tr><th scope="col">${__("Technician")}</th>${heads.join(
		""
	)}</tr></thead>
		<tbody>${rows.join("")}</tbody></table>`;
}

function in_words(day) {
	return date_in_words(day, { weekday: "short", day: "numeric", month: "short" });
}

function cell_html(technician, { day, away, worked, planned, free, late, visits }, week, board) {
	const [share, filled] = share_of(planned, worked);
	const emergency = visits.some((visit) => visit.emergency);
	const room = worked ? __("{0} h free", [board.hours(free)]) : away ? __("away") : __("day off");
	const what = visits.map(
		(visit) =>
			`${board.clock(visit.start)} ${visit.customer_name || visit.what || ""} (${__(visit.status)})`
	);
	const label = [`${technician.name}, ${in_words(day)}`, away, room, ...what].filter(Boolean).join("\n");
	const promised = visits.filter((visit) => visit.promised).length;
	return `<td class="${day === week.today ? "db-today" : ""}"><button type="button" class="db-cell ${
		worked ? "" : "db-off"
	}" data-day="${day}" title="${e(label)}" aria-label="${e(label)}">
		<span class="db-line"><strong>${
			visits.length === 1 ? __("1 visit") : visits.length ? __("{0} visits", [visits.length]) : "–"
		}</strong>${emergency ? `<b class="text-danger" aria-hidden="true">!</b>` : ""}</span>
		${
			worked || planned
				? `<span class="db-load ${filled}"><b style="width:${Math.min(1, share) * 100}%"></b></span>`
				: ""
		}
		<span class="text-muted">${room}</span>
		${promised ? `<span class="text-muted">${__("{0} promised", [promised])}</span>` : ""}
		${late ? `<span class="text-danger">${__("{0} late", [late])}</span>` : ""}
	</button></td>`;
}
