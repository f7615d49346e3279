// Service clocks on forms and lists: how much time is left, what is overdue, what waits.
// The server says how many seconds are left; one timer per page counts them down.
frappe.provide("aftersales.service_levels");

Object.assign(aftersales.service_levels, {
	COLORS: {
		Running: "blue",
		Paused: "gray",
		Overdue: "red",
		Met: "green",
		Missed: "red",
		Cancelled: "gray",
	},

	words(seconds) {
		const minutes = Math.floor(Math.abs(seconds) / 60);
		const days = Math.floor(minutes / 1440);
		const hours = Math.floor((minutes % 1440) / 60);
		if (days) return __("{0} d {1} h", [days, hours]);
		if (hours) return __("{0} h {1} min", [hours, minutes % 60]);
		return __("{0} min", [minutes]);
	},

	// Without the smaller unit where it tells nothing any more.
	round_words(seconds) {
		const hours = Math.floor(Math.abs(seconds) / 3600);
		if (hours >= 240) return __("{0} d", [Math.floor(hours / 24)]);
		if (hours >= 10 && hours < 24) return __("{0} h", [hours]);
		return this.words(seconds);
	},

	// What a chip says now, of a clock whose time is over at `due` (ms of this browser's clock).
	say(clock, due) {
		if (clock.paused) return [__("{0}: paused", [clock.measure]), "gray"];
		if (!["Running", "Overdue"].includes(clock.state)) {
			return [`${clock.measure}: ${__(clock.state)}`, this.COLORS[clock.state]];
		}
		const left = (due - Date.now()) / 1000;
		const late = clock.state === "Overdue" || left < 0;
		const text = late
			? __("{0}: {1} overdue", [clock.measure, this.words(left)])
			: __("{0}: {1} left", [clock.measure, this.words(left)]);
		return [text, late ? "red" : left < 3600 ? "orange" : "blue"];
	},

	// The same in a list, where there is little room.
	say_short(clock, due) {
		const [text, color] = this.say(clock, due);
		if (clock.paused || !["Running", "Overdue"].includes(clock.state)) return [text, color];
		const sign = color === "red" ? "−" : "";
		return [`${clock.measure} ${sign}${this.round_words((due - Date.now()) / 1000)}`, color];
	},

	chip(clock, how = "say") {
		const $chip = $('<span class="indicator-pill aftersales-clock no-indicator-dot"></span>');
		const said = { ...clock, measure: __(clock.measure) };
		$chip.data({ clock: said, how, due: Date.now() + clock.left * 1000 });
		this.show(null, $chip);
		this.tick();
		return $chip;
	},

	show(_i, chip) {
		const levels = aftersales.service_levels;
		const { clock, how, due } = $(chip).data();
		const [text, color] = levels[how](clock, due);
		$(chip)
			.text(text)
			.attr("title", levels.say(clock, due)[0])
			.removeClass("blue orange red green gray")
			.addClass(color);
	},

	tick() {
		this.timer = this.timer || setInterval(() => $(".aftersales-clock").each(this.show), 10000);
	},

	async show_on_list(listview) {
		const names = listview.data.map((doc) => doc.name);
		if (!names.length) return;
		const clocks = await frappe.xcall("aftersales.service_levels.display.of_documents", {
			doctype: listview.doctype,
			names,
		});
		// The right end of every row, and of the heading, is as wide as a clock needs: the columns stay in line
		listview.$result.toggleClass("aftersales-shows-clocks", Object.keys(clocks).length > 0);
		listview.$result.find(".list-row-checkbox").each((_i, box) => {
			const name = $(box).attr("data-name");
			const $right = $(box).closest(".list-row-container").find(".level-right");
			$right.find(".aftersales-clock").remove();
			if (!clocks[name]) return;
			$right.find(".modified").hide(); // the row has room for one of them
			$right.prepend(this.chip(clocks[name], "say_short").addClass("mr-2 flex-shrink-0"));
		});
	},

	watch_list(doctype) {
		const settings = (frappe.listview_settings[doctype] = frappe.listview_settings[doctype] || {});
		if (settings.shows_service_clocks) return;
		settings.shows_service_clocks = true;
		const onload = settings.onload;
		settings.onload = function (listview) {
			if (onload) onload.call(this, listview);
			const after_render = listview.after_render;
			if (!after_render) return;
			listview.after_render = function (...args) {
				after_render.apply(this, args);
				aftersales.service_levels.show_on_list(listview);
			};
		};
	},

	async show_on_form(frm) {
		if (frm.is_new()) return;
		const clocks = await frappe.xcall("aftersales.service_levels.display.of_document", {
			doctype: frm.doctype,
			name: frm.docname,
		});
		frm.dashboard.parent.find(".aftersales-clocks").closest(".form-dashboard-section").remove();
		if (!clocks.length) return;
		const $rows = $('<div class="aftersales-clocks"></div>');
		clocks.forEach((clock) => $rows.append(this.form_row(clock)));
		frm.dashboard.add_section($rows, __("Service Levels"));
		frm.dashboard.show();
	},

	form_row(clock) {
		const parts = [__("started {0}", [frappe.datetime.str_to_user(clock.started_at)])];
		parts.push(__("due {0}", [frappe.datetime.str_to_user(clock.due_at)]));
		if (clock.pauses) {
			const long = this.words(clock.paused_seconds);
			parts.push(
				clock.pauses === 1
					? __("paused once, {0}", [long])
					: __("paused {0} times, {1}", [clock.pauses, long])
			);
		}
		if (clock.stopped_at) parts.push(__("ended {0}", [frappe.datetime.str_to_user(clock.stopped_at)]));
		if (clock.overrun_seconds) parts.push(__("{0} too late", [this.words(clock.overrun_seconds)]));
		const $row = $('<div class="mb-1"></div>').append(this.chip(clock));
		$('<span class="text-muted small ml-2"></span>')
			.text(`${__(clock.target || "")} · ${parts.join(" · ")}`)
			.appendTo($row);
		clock.pause_log.forEach((pause) =>
			$('<div class="text-muted small ml-4"></div>').text(this.say_pause(pause)).appendTo($row)
		);
		return $row;
	},

	say_pause(pause) {
		const time = (moment) => frappe.datetime.str_to_user(moment);
		if (!pause.paused_from) return __("Earlier pauses: {0}", [this.words(pause.lost_seconds)]);
		const status = __(pause.document_status || "");
		if (!pause.paused_to) {
			return __("Paused since {0}: {1} ({2})", [time(pause.paused_from), status, pause.paused_by]);
		}
		return __("Paused from {0} to {1}: {2} ({3})", [
			time(pause.paused_from),
			time(pause.paused_to),
			status,
			pause.paused_by,
		]);
	},
});

// The file is loaded with each form and list it serves; handlers are registered once.
aftersales.service_levels.DOCTYPES = [
	"Repair Call",
	"Service Voucher",
	"Collection Receipt",
	"Repair Card",
	"Follow-up",
	"Service Complaint",
];
if (!aftersales.service_levels.registered) {
	aftersales.service_levels.registered = true;
	aftersales.service_levels.DOCTYPES.forEach((doctype) =>
		frappe.ui.form.on(doctype, { refresh: (frm) => aftersales.service_levels.show_on_form(frm) })
	);
}
// A list's own settings are made when its DocType is loaded, just before this.
aftersales.service_levels.DOCTYPES.filter((doctype) => frappe.get_meta(doctype)).forEach((doctype) =>
	aftersales.service_levels.watch_list(doctype)
);
