// What the dispatch board draws: a day of each technician, the calls that wait, and times as people read them.
import { share_of } from "./week";
import { date_in_words } from "./words";

export class Faces {
	LANE = 52; // px
	escape = frappe.utils.escape_html;
	day = frappe.datetime.get_today();

	day_in_words() {
		return date_in_words(this.day, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
	}

	place(thing) {
		return this.things.push(thing) - 1;
	}

	call_html(call) {
		const e = this.escape;
		return `
			<article class="db-call ${call.emergency ? "db-emergency" : ""}" data-place="${this.place(call)}"
				draggable="${this.board.may_plan}" tabindex="0" role="button">
				<div class="db-line"><strong>${e(call.subject || call.call)}</strong>${this.chip_html(call)}</div>
				<div class="text-muted db-cut">${e([call.customer_name, call.product].filter(Boolean).join(" · "))}</div>
				<div class="db-line text-muted"><span>${e(call.zone || "")}</span><span>${
			call.promised ? __("promised {0}", [this.promise(call.promised)]) : e(__(call.priority || ""))
		}</span></div>
			</article>`;
	}

	// A window on another day than the one shown says which.
	promise([from, to]) {
		const days = Math.floor(from / 1440);
		const window = `${this.clock(from - days * 1440)}–${this.clock(to - days * 1440)}`;
		if (!days) return window;
		return `${frappe.datetime.str_to_user(frappe.datetime.add_days(this.day, days))} ${window}`;
	}

	chip_html({ chip, emergency }) {
		if (!chip)
			return emergency
				? `<span class="indicator-pill red no-indicator-dot">${__("Emergency")}</span>`
				: "";
		const late = !chip.paused && chip.left < 0;
		const color = late ? "red" : chip.paused ? "gray" : chip.left < 7200 ? "orange" : "blue";
		const words = chip.paused
			? __("waits")
			: late
			? __("{0} late", [this.words(chip.left)])
			: __("{0} left", [this.words(chip.left)]);
		return `<span class="indicator-pill ${color} no-indicator-dot" title="${this.escape(
			chip.measure
		)}">${words}</span>`;
	}

	row_html(technician) {
		const e = this.escape;
		const lanes = Math.max(1, ...technician.visits.map((visit) => visit.lane + 1));
		const [share, filled] = share_of(technician.planned, technician.worked);
		const load = technician.worked
			? __("{0} of {1} h", [this.hours(technician.planned), this.hours(technician.worked)])
			: __("day off");
		const working = technician.working
			.map((span) => `<i class="db-works" style="${this.span_style(span)}"></i>`)
			.join("");
		const road = technician.travel
			? `<span class="text-muted db-road">${__("{0} min, {1} km of travel", [
					technician.travel,
					technician.kilometres,
			  ])}</span>`
			: "";
		const { now } = this.board;
		const line =
			now !== null && now >= this.first && now <= this.first + this.shown
				? `<i class="db-now" style="left:${this.percent(now)}%"></i>`
				: "";
		const visits = technician.visits
			.map((visit) => this.travel_html(visit) + this.visit_html(visit))
			.join("");
		const promised = technician.promised.map((promise) => this.promised_html(promise)).join("");
		return `
			<div class="db-row" data-technician="${e(technician.name)}">
				<div class="db-who"><a href="${frappe.utils.get_form_link("Service Technician", technician.name)}">${e(
			technician.name
		)}</a>
				<span class="text-muted">${e(
					[technician.zone, technician.vehicle, technician.subcontractor && __("Subcontractor")]
						.filter(Boolean)
						.join(" · ")
				)}</span>
				${technician.away ? `<span class="db-away text-danger">${e(technician.away)}</span>` : ""}
				<span class="db-load ${filled}" title="${__("planned, of working time")}"><b style="width:${
			Math.min(1, share) * 100
		}%"></b><em>${load}</em></span>${road}</div>
				<div class="db-track" style="min-height:${lanes * this.LANE + 6}px;--hours:${
			this.shown / 60
		}">${working}${promised}${line}${visits}</div>
				${visits || promised ? "" : `<div class="db-none text-muted">${__("No visits")}</div>`}
			</div>`;
	}

	// A window that was promised takes room in the row of somebody who can make the visit, until it is planned.
	promised_html({ call, window }) {
		const place = this.board.waiting.findIndex((waiting) => waiting.call === call);
		const what = this.board.waiting[place] || {};
		const tip = __("Promised to {0}: {1}", [what.customer_name || call, this.promise(window)]);
		return `<i class="db-promised" title="${this.escape(tip)}" style="${this.span_style(
			window
		)}"><span>${this.escape(what.customer_name || call)}</span></i>`;
	}

	// The way from the stop before; red where there is not enough time for it.
	travel_html({ start, travel, tight, lane }) {
		if (!travel) return "";
		const tip = tight
			? __("{0} min of travel, more than there is time", [travel])
			: __("{0} min of travel", [travel]);
		return `<i class="db-travel ${tight ? "db-tight" : ""}" title="${tip}"
			style="${this.span_style([start - travel, start])};top:${lane * this.LANE + 23}px"></i>`;
	}

	visit_html(visit) {
		const e = this.escape;
		const unfit = !visit.leader && !this.is_fit(visit.technician, visit) && visit.status === "Draft";
		const classes = [
			`db-${frappe.scrub(visit.status)}`,
			visit.late ? "db-late" : "",
			visit.emergency ? "db-emergency" : "",
		]
			.filter(Boolean)
			.join(" ");
		const more = visit.crew.length ? ` +${visit.crew.length}` : "";
		const times = `${visit.days || `${this.clock(visit.start)}–${this.clock(visit.end)}`}${more}`;
		// One that lasts several days is drawn on each of them, as far as the day is shown
		const drawn = visit.days
			? [Math.max(visit.start, this.first), Math.min(visit.end, this.first + this.shown)]
			: [visit.start, visit.end];
		const crew = more && __("With {0}", [visit.crew.join(", ")]);
		const facts = [times, __(visit.status), crew, visit.customer_name, visit.what, visit.product];
		const tip = facts.filter(Boolean).join("\n");
		return `
			<article class="db-visit ${classes}" data-place="${this.place(visit)}" tabindex="0" role="button"
				data-name="${e(visit.name)}" draggable="${visit.movable && this.board.may_plan}" title="${e(tip)}"
				style="${this.span_style(drawn)};top:${visit.lane * this.LANE + 3}px">
				<span class="db-times">${times}</span>
				<strong>${unfit ? "⚠ " : ""}${e(visit.customer_name || visit.what)}</strong>
				<span class="db-cut">${e(visit.customer_name ? visit.what : "")}</span>
				${visit.movable && this.board.may_plan ? '<i class="db-edge" aria-hidden="true"></i>' : ""}
			</article>`;
	}

	facts_html(thing) {
		const e = this.escape;
		const line = (label, value) => (value ? `<tr><td>${label}</td><td>${e(value)}</td></tr>` : "");
		return `<table class="db-facts">
			${line(__("Fault"), thing.subject || thing.what)}
			${line(__("Product", null, "After-sales"), thing.product)}
			${line(__("Zone"), thing.zone)}
			${line(__("Status"), __(thing.status))}
			${line(__("Promised"), thing.promised ? this.promise(thing.promised) : "")}
			${line(__("Next Action"), thing.next_action)}
		</table>`;
	}

	is_fit(technician, thing) {
		return this.board.fits[thing.need].includes(technician);
	}

	is_visit(thing) {
		return thing.start !== undefined;
	}

	can_put_back(thing) {
		return this.is_visit(thing) && thing.status === "Draft";
	}

	percent(minute) {
		return (
			((Math.min(Math.max(minute, this.first), this.first + this.shown) - this.first) / this.shown) *
			100
		);
	}

	span_style([from, to]) {
		return `left:${this.percent(from)}%;width:${this.percent(to) - this.percent(from)}%`;
	}

	clock(minute) {
		const of_day = ((minute % 1440) + 1440) % 1440;
		return `${String(Math.floor(of_day / 60)).padStart(2, "0")}:${String(of_day % 60).padStart(2, "0")}`;
	}

	hours(minutes) {
		return String(Math.round(minutes / 6) / 10);
	}

	words(seconds) {
		const minutes = Math.floor(Math.abs(seconds) / 60);
		if (minutes >= 1440) return __("{0} d", [Math.floor(minutes / 1440)]);
		if (minutes >= 60) return __("{0} h", [Math.floor(minutes / 60)]);
		return __("{0} min", [minutes]);
	}
}
