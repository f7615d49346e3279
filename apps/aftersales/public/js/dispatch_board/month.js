// The month on the dispatch board: how full the days of each technician are, and who is away.
import { no_technician, share_of } from "./week";
import { date_in_words } from "./words";

const e = frappe.utils.escape_html;

export function month_in_words(day) {
	return date_in_words(day, { month: "long", year: "numeric" });
}

export function month_html(month, board) {
	if (!month.technicians.length) return no_technician();
	const heads = month.days.map((day, number) => {
		const waits = month.promised[number];
		const mark = waits
			? `<span class="indicator-pill purple no-indicator-dot" title="${__(
					"Promised, and nobody is planned"
			  )}">${waits}</span>`
			: "";
		return `<th scope="col" class="${classes(day, month)}"><span class="text-muted">${date_in_words(day, {
			weekday: "short",
		})}</span>${Number(day.slice(8))}${mark}</th>`;
	});
	const rows = month.technicians.map((technician) => {
		const cells = technician.days.map((day, number) => cell_html(technician, day, number, month, board));
		const sum = (what) => technician.days.reduce((total, day) => total + day[what], 0);
		const share = sum("worked") ? `${Math.round((sum("planned") / sum("worked")) * 100)} %` : "";
		return `<tr data-technician="${e(technician.name)}">
			<th scope="row">${e(technician.name)}<span class="text-muted">${e(technician.zone || "")}</span></th>
			${cells.join("")}
			<td class="db-sum" title="${__("planned, of working time")}"><strong>${sum("visits")}</strong>
				<span class="text-muted">${share}</span></td></tr>`;
	});
	const more = month.more
		? `<p class="text-muted db-more">${__("Not all visits are counted. Choose a company or zone.")}</p>`
		: "";
	return `${more}<table class="db-week db-month"><thead><tr><th scope="col">${__(
		"Technician"
	)}</th>${heads.join("")}<th scope="col" class="db-sum">${__(
		"Visits"
	)}</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

// A week begins with a line.
function classes(day, month) {
	const is_monday = new Date(`${day}T12:00`).getDay() === 1;
	return `${day === month.today ? "db-today" : ""} ${is_monday ? "db-monday" : ""}`;
}

function cell_html(technician, { visits, planned, worked, late, away }, number, month, board) {
	const day = month.days[number];
	const [share, filled] = share_of(planned, worked);
	const room = worked
		? __("{0} of {1} h", [board.hours(planned), board.hours(worked)])
		: away || __("day off");
	const count = visits === 1 ? __("1 visit") : visits ? __("{0} visits", [visits]) : __("No visits");
	const when = date_in_words(day, { weekday: "long", day: "numeric", month: "long" });
	const facts = [`${technician.name}, ${when}`, count, room, late ? __("{0} late", [late]) : ""];
	const label = e(facts.filter(Boolean).join("\n"));
	const bar =
		worked || planned
			? `<span class="db-load ${filled}"><b style="width:${Math.min(1, share) * 100}%"></b></span>`
			: "";
	return `<td class="${classes(day, month)}"><button type="button" class="db-cell ${
		away ? "db-gone" : worked ? "" : "db-off"
	}" data-day="${day}" title="${label}" aria-label="${label}"><strong class="${
		late ? "text-danger" : ""
	}">${visits || ""}</strong>${bar}</button></td>`;
}
