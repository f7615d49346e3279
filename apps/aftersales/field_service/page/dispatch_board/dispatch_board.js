// The dispatch board: a day of all technicians beside the calls that wait for a visit. The server knows who is
// qualified and free, and plans by the Service Voucher's own save; this page shows, asks, and calls.
frappe.pages["dispatch-board"].on_page_load = function (wrapper) {
	wrapper.board = new aftersales.DispatchBoard(wrapper);
};

frappe.pages["dispatch-board"].on_page_show = function (wrapper) {
	wrapper.board.show();
};

frappe.provide("aftersales");

aftersales.DispatchBoard = class DispatchBoard {
	GRID = 15; // minutes
	LANE = 52; // px
	LENGTHS = [15, 30, 45, 60, 90, 120, 150, 180, 240, 300, 360, 480];

	constructor(wrapper) {
		this.wrapper = wrapper;
		this.page = frappe.ui.make_app_page({
			parent: wrapper,
			title: __("Dispatch Board"),
			single_column: true,
		});
		this.escape = frappe.utils.escape_html;
		this.day = frappe.datetime.get_today();
		this.load_soon = frappe.utils.debounce(() => this.reload(), 500);
		this.on_change = (data) => {
			if (["Service Voucher", "Repair Call"].includes(data?.doctype)) this.load_soon();
		};
		this.make_page();
		setInterval(() => this.reload(), 60000);
	}

	visible() {
		return frappe.get_route()[0] === "dispatch-board" && !document.hidden;
	}

	// ------------------------------------------------------------------ the page

	make_page() {
		const item = (label, action) => aftersales.forms.add_menu_item(this.page, label, action);
		item(__("Reload"), () => this.load());
		item(__("Visit Calendar"), () => frappe.set_route("List", "Service Voucher", "Calendar"));
		item(__("Service Voucher List"), () => frappe.set_route("List", "Service Voucher"));
		this.date = this.page.add_field({
			fieldname: "day",
			fieldtype: "Date",
			label: __("Day"),
			change: () => this.go_to(this.date.get_value()),
		});
		// No default: Frappe sets it a moment later, and would take back a day chosen meanwhile.
		this.date.set_input(this.day);
		this.company = this.page.add_field({
			fieldname: "company",
			fieldtype: "Link",
			options: "Company",
			label: __("Company"),
			change: () => this.load(),
		});
		this.$days = $(`
			<nav class="db-days">
				<button class="btn btn-default btn-sm" data-go="-1" aria-label="${__("Day Before")}">‹</button>
				<button class="btn btn-default btn-sm" data-go="0">${__("Today")}</button>
				<button class="btn btn-default btn-sm" data-go="1" aria-label="${__("Next Day")}">›</button>
				<strong class="db-day"></strong>
			</nav>`).appendTo(this.page.page_form);
		this.$body = $(`
			<div class="dispatch-board">
				<div class="db-panes">
					<section class="db-waiting" aria-label="${__("Waiting for a Visit")}">
						<header>${__("Waiting for a Visit")} <span class="db-count"></span></header>
						<div class="db-calls"></div>
					</section>
					<section class="db-plan" aria-label="${__("Technicians")}"></section>
				</div>
			</div>`).appendTo(this.page.main.addClass("db-main"));
		this.$days.on("click", "[data-go]", (event) => {
			const step = Number(event.currentTarget.dataset.go);
			const day = step ? frappe.datetime.add_days(this.day, step) : frappe.datetime.get_today();
			this.date.set_input(day);
			this.go_to(day);
		});
		this.$body.on("click", "[data-place]", (event) => {
			if (!event.target.closest("a")) this.open(this.things[event.currentTarget.dataset.place]);
		});
		this.listen_to_drags();
	}

	show() {
		frappe.realtime.doctype_subscribe("Service Voucher");
		frappe.realtime.doctype_subscribe("Repair Call");
		// Lists drop the listeners of others when they are opened.
		frappe.realtime.off("list_update", this.on_change);
		frappe.realtime.on("list_update", this.on_change);
		return this.load();
	}

	go_to(day) {
		if (!day || day === this.day) return;
		this.day = day;
		return this.load();
	}

	reload() {
		if (this.visible()) return this.load();
	}

	async load() {
		const asked = (this.asked = {});
		// What is being dragged must not be drawn anew under the hand.
		if (this.dragged) return void (this.outdated = true);
		const board = await frappe.xcall("aftersales.field_service.dispatch_board.load", {
			day: this.day,
			company: this.company.get_value() || null,
		});
		if (asked !== this.asked) return; // a later question has overtaken this answer
		if (this.dragged) return void (this.outdated = true);
		this.board = board;
		const companies = new Set(board.technicians.map((technician) => technician.company));
		this.company.$wrapper.toggle(companies.size > 1 || !!this.company.get_value());
		this.draw();
	}

	// ------------------------------------------------------------------ drawing

	draw() {
		this.things = [];
		const { board } = this;
		const [first, last] = board.hours;
		this.first = first * 60;
		this.shown = (last - first) * 60;
		this.$days.find(".db-day").text(this.day_in_words());
		this.$body.find(".db-count").text(board.waiting.length + (board.more ? "+" : ""));
		const calls = board.waiting.map((call) => this.call_html(call)).join("");
		this.$body
			.find(".db-calls")
			.html(calls || `<p class="text-muted p-3">${__("No call waits for a visit.")}</p>`);
		this.$body.toggleClass("db-none-waits", !board.waiting.length);
		const hours = [];
		for (let hour = first; hour < last; hour++) hours.push(`<span>${this.clock(hour * 60)}</span>`);
		const rows = board.technicians.map((technician) => this.row_html(technician)).join("");
		this.$body
			.find(".db-plan")
			.html(
				board.technicians.length
					? `<div class="db-hours"><div class="db-who"></div><div class="db-scale">${hours.join(
							""
					  )}</div></div>${rows}`
					: aftersales.forms.empty_html(
							__("There is no active Service Technician that you can see."),
							aftersales.forms.first_technician()
					  )
			);
	}

	day_in_words() {
		// The browser knows the region (en-IE), the user's settings only the language (en).
		const language = frappe.boot.lang || "en";
		const locale = navigator.language?.startsWith(language) ? navigator.language : language;
		return new Date(`${this.day}T12:00`).toLocaleDateString(locale, {
			weekday: "long",
			day: "numeric",
			month: "long",
			year: "numeric",
		});
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
		const share = technician.worked ? technician.planned / technician.worked : technician.planned ? 2 : 0;
		const filled = share > 1 ? "db-over" : share > 0.85 ? "db-full" : "";
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
				<span class="text-muted">${e(technician.zone || "")}</span>
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
		const unfit = !this.is_fit(visit.technician, visit) && visit.status === "Draft";
		const classes = [
			`db-${frappe.scrub(visit.status)}`,
			visit.late ? "db-late" : "",
			visit.emergency ? "db-emergency" : "",
		]
			.filter(Boolean)
			.join(" ");
		const times = `${this.clock(visit.start)}–${this.clock(visit.end)}`;
		const tip = [times, __(visit.status), visit.customer_name, visit.what, visit.product]
			.filter(Boolean)
			.join("\n");
		return `
			<article class="db-visit ${classes}" data-place="${this.place(visit)}" tabindex="0" role="button"
				draggable="${visit.movable && this.board.may_plan}" title="${e(tip)}"
				style="${this.span_style([visit.start, visit.end])};top:${visit.lane * this.LANE + 3}px">
				<span class="db-times">${times}</span>
				<strong>${unfit ? "⚠ " : ""}${e(visit.customer_name || visit.what)}</strong>
				<span class="db-cut">${e(visit.customer_name ? visit.what : "")}</span>
			</article>`;
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

	// ------------------------------------------------------------------ by hand

	listen_to_drags() {
		const { $body } = this;
		$body.on("dragstart", "[data-place]", ({ originalEvent: event, currentTarget }) => {
			const thing = this.things[currentTarget.dataset.place];
			const length = this.is_visit(thing) ? thing.end - thing.start : this.board.length;
			// A visit is held where it was seized; a call begins where it is let go.
			const box = currentTarget.getBoundingClientRect();
			const held = this.is_visit(thing) ? ((event.clientX - box.left) / box.width) * length : 0;
			this.dragged = { thing, held, length };
			event.dataTransfer.effectAllowed = "move";
			event.dataTransfer.setData("text/plain", thing.name || thing.call);
			$body.find(".db-row").each((_i, row) => {
				$(row).toggleClass("db-unfit", !this.is_fit(row.dataset.technician, thing));
			});
		});
		$body.on("dragend", () => this.drag_is_over());
		$body.on("dragover", ".db-track", ({ originalEvent: event, currentTarget }) => {
			if (!this.dragged) return;
			event.preventDefault();
			this.show_ghost(currentTarget, this.minute_at(currentTarget, event));
		});
		$body.on("dragleave", ".db-track", ({ originalEvent: event, currentTarget }) => {
			if (!currentTarget.contains(event.relatedTarget)) this.$ghost?.remove();
		});
		$body.on("drop", ".db-track", ({ originalEvent: event, currentTarget }) => {
			if (!this.dragged) return;
			event.preventDefault();
			const { thing, length } = this.dragged;
			const minute = this.minute_at(currentTarget, event);
			const technician = $(currentTarget).closest("[data-technician]").attr("data-technician");
			this.drag_is_over();
			this.plan(thing, { technician, minute, minutes: length });
		});
		$body.on("dragover", ".db-waiting", ({ originalEvent: event }) => {
			if (this.dragged && this.can_put_back(this.dragged.thing)) event.preventDefault();
		});
		$body.on("drop", ".db-waiting", ({ originalEvent: event }) => {
			if (!this.dragged) return;
			event.preventDefault();
			const { thing } = this.dragged;
			this.drag_is_over();
			this.put_back(thing);
		});
		$body.on("keydown", "[data-place]", (event) => {
			if (!["Enter", " "].includes(event.key)) return;
			event.preventDefault();
			event.currentTarget.click();
		});
	}

	drag_is_over() {
		this.dragged = null;
		this.$ghost?.remove();
		this.$body.find(".db-unfit").removeClass("db-unfit");
		if (this.outdated) {
			this.outdated = false;
			this.load();
		}
	}

	minute_at(track, event) {
		const box = track.getBoundingClientRect();
		const place = frappe.utils.is_rtl() ? box.right - event.clientX : event.clientX - box.left;
		const minute = this.first + (place / box.width) * this.shown - this.dragged.held;
		return Math.max(0, Math.min(1440 - this.GRID, Math.round(minute / this.GRID) * this.GRID));
	}

	show_ghost(track, minute) {
		this.$ghost = this.$ghost || $('<i class="db-ghost"></i>');
		this.$ghost
			.attr("style", this.span_style([minute, minute + this.dragged.length]))
			.text(this.clock(minute))
			.appendTo(track);
	}

	// ------------------------------------------------------------------ what is asked of the server

	async plan(thing, { technician, minute, minutes, reason }) {
		const is_visit = this.is_visit(thing);
		const kept = await this.ask_about_promise(thing, minute);
		if (!kept) return null;
		return this.change("plan", {
			technician,
			day: this.day,
			minute: kept.minute,
			minutes,
			reason,
			promise_changed_for: kept.changed_for || null,
			call: is_visit || thing.voucher ? null : thing.call,
			voucher: is_visit ? thing.name : thing.voucher,
			seen: thing.seen,
		});
	}

	// Returns the minute to plan for and who needs another time; null when nothing is to be planned.
	ask_about_promise(thing, minute) {
		const [from, to] = thing.promised || [];
		if (!thing.promised || (minute >= from && minute <= to)) return { minute };
		return aftersales.ask_about_promise({
			customer: thing.customer_name || thing.call || thing.name,
			window: this.promise(thing.promised),
			starts: this.clock(minute),
			minute,
			promised: from >= 0 && from < 1440 ? { minute: from, clock: this.clock(from) } : null,
			tells_customers: this.board.tells_customers,
		});
	}

	put_back(visit) {
		return this.change("put_back", { voucher: visit.name, seen: visit.seen });
	}

	// A refusal is shown by Frappe; the board then shows what is stored.
	async change(what, args) {
		if (this.at_work) return;
		this.at_work = true;
		try {
			return await frappe.xcall(`aftersales.field_service.dispatch_board.${what}`, args, "POST", {
				freeze: true,
			});
		} catch {
			return null;
		} finally {
			this.at_work = false;
			await this.load();
		}
	}

	// ------------------------------------------------------------------ by dialog

	// A call or visit is planned, moved and dispatched without dragging: by keyboard, and on a phone.
	open(thing) {
		const is_visit = this.is_visit(thing);
		const open_form = () =>
			is_visit
				? frappe.set_route("Form", "Service Voucher", thing.name)
				: frappe.set_route("Form", "Repair Call", thing.call);
		const can_plan = this.board.may_plan && (!is_visit || thing.movable);
		if (!can_plan) return open_form();
		const names = this.board.technicians.map((technician) => technician.name);
		const fits = (name) => this.is_fit(name, thing);
		const ordered = [...names.filter(fits), ...names.filter((name) => !fits(name))];
		const free = (name) => this.board.technicians.find((one) => one.name === name)?.free_from;
		const technician = is_visit
			? thing.technician
			: this.first_free(ordered.filter(fits), free) || ordered[0];
		// What was promised comes before what is free
		const promised_start =
			thing.promised && thing.promised[0] >= 0 && thing.promised[0] < 1440
				? Math.max(thing.promised[0], this.next_quarter(thing.promised))
				: null;
		const soon = this.next_quarter([this.first, 1440 - this.GRID]); // of a day that is over, what is left of it
		const length = is_visit ? thing.end - thing.start : this.board.length;
		const options = new Set([...this.LENGTHS, length]);
		const dialog = new frappe.ui.Dialog({
			title: this.escape(thing.customer_name || thing.subject || thing.what || ""),
			fields: [
				{ fieldname: "facts", fieldtype: "HTML", options: this.facts_html(thing) },
				{
					fieldname: "technician",
					fieldtype: "Select",
					label: __("Technician"),
					reqd: 1,
					default: technician,
					options: ordered.map((name) => ({
						value: name,
						label: this.technician_label(name, fits(name), free(name)),
					})),
					change: () => {
						const minute = promised_start ?? free(dialog.get_value("technician"));
						if (!is_visit && minute !== null && minute !== undefined)
							dialog.set_value("start", this.clock(minute));
						dialog.refresh_dependency();
					},
				},
				{ fieldtype: "Column Break" },
				{
					fieldname: "start",
					fieldtype: "Select",
					label: __("Start", null, "After-sales"),
					reqd: 1,
					default: this.clock(is_visit ? thing.start : promised_start ?? free(technician) ?? soon),
					options: this.starts(is_visit ? thing.start : promised_start),
				},
				{
					fieldname: "minutes",
					fieldtype: "Select",
					label: __("Duration"),
					reqd: 1,
					default: String(length),
					options: [...options]
						.sort((a, b) => a - b)
						.map((minutes) => ({ value: String(minutes), label: __("{0} min", [minutes]) })),
				},
				{ fieldtype: "Section Break" },
				{
					fieldname: "dispatch",
					fieldtype: "Check",
					label: __("Dispatch now"),
					depends_on: () => thing.status !== "Dispatched",
				},
				{
					fieldname: "reason",
					fieldtype: "Small Text",
					label: __("Reason for dispatching without the skill or despite an absence"),
					depends_on: (values) => !fits(values.technician),
				},
			],
			primary_action_label: __("Plan", null, "After-sales"),
			primary_action: (values) => {
				dialog.hide();
				this.plan_and_dispatch(thing, values);
			},
			secondary_action_label: is_visit ? __("Open Visit") : __("Open Call"),
			secondary_action: () => {
				dialog.hide();
				open_form();
			},
		});
		if (this.can_put_back(thing)) {
			dialog.add_custom_action(__("Put Back"), () => {
				dialog.hide();
				this.put_back(thing);
			});
		}
		dialog.$wrapper.addClass("db-dialog");
		dialog.show();
	}

	async plan_and_dispatch(thing, { technician, start, minutes, reason, dispatch }) {
		const [hour, minute] = start.split(":").map(Number);
		const name = await this.plan(thing, {
			technician,
			minute: hour * 60 + minute,
			minutes: Number(minutes),
			reason: reason || null,
		});
		if (!name || !dispatch) return;
		await this.change("dispatch", { voucher: name });
	}

	// Within a window that has begun: the next quarter of an hour.
	next_quarter([from, to]) {
		const { now } = this.board;
		if (now === null || now <= from) return from;
		return Math.min(to, Math.ceil(now / this.GRID) * this.GRID);
	}

	first_free(names, free) {
		const with_room = names.filter((name) => free(name) !== null);
		return with_room.sort((a, b) => free(a) - free(b))[0];
	}

	// Frappe puts the label of an option into the page as HTML.
	technician_label(technician, fit, free) {
		const name = this.escape(technician);
		if (!fit) return __("{0} (not qualified)", [name]);
		return free === null || free === undefined
			? __("{0} (no room)", [name])
			: __("{0} (free {1})", [name, this.clock(free)]);
	}

	starts(own) {
		const found = new Set(own === null ? [] : [own]);
		for (let minute = 0; minute < 1440; minute += this.GRID) found.add(minute);
		return [...found].sort((a, b) => a - b).map((minute) => this.clock(minute));
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
};
