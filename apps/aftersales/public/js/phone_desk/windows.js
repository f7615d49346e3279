// What can be promised: the windows in which a qualified technician is free.

export function show_windows($card, { windows, due }) {
	const chosen = chosen_window($card);
	$card.empty().prop("hidden", false);
	const $title = $('<div class="pd-title">').appendTo($card);
	$("<span>").text(__("Available time slots")).appendTo($title);
	if (due)
		$('<span class="text-muted">')
			.text(__("to be there by {0}", [moment_of(due)]))
			.appendTo($title);
	if (!windows.length) {
		$(
			aftersales.forms.empty_html(
				__("No qualified technician is free in the next two weeks."),
				aftersales.forms.first_technician()
			)
		).appendTo($card);
		return;
	}
	add_choice($card, null, __("Nothing promised yet"));
	windows.forEach((window) =>
		add_choice($card, window, span(window), told_of(window), judged(window, due))
	);
	const $choices = choices($card);
	const kept = windows.findIndex((window) => chosen && window.start === chosen.start);
	$choices.eq(kept + 1).prop("checked", true);
	$('<div class="text-muted small mt-2 pd-key-hint">')
		.html(`<kbd>F4</kbd> ${__("promise the next window suggested")}`)
		.appendTo($card);
}

export function chosen_window($card) {
	return choices($card).filter(":checked").data("window") || null;
}

export function choose_next_window($card) {
	const $choices = choices($card);
	if (!$choices.length) return;
	const next = ($choices.index($choices.filter(":checked")) + 1) % $choices.length;
	$choices.eq(next).prop("checked", true);
}

export function span({ start, end }) {
	const [from, to] = [start, end].map((text) => frappe.datetime.convert_to_user_tz(text, false));
	const until = from.isSame(to, "day") ? to.format("HH:mm") : moment_of(end);
	return `${moment_of(start)} – ${until}`;
}

const choices = ($card) => $card.find("input[name=pd-window]");

function add_choice($card, window, text, small, pill) {
	const $row = $('<label class="pd-window">').appendTo($card);
	$('<input type="radio" name="pd-window">').data("window", window).appendTo($row);
	const $text = $('<span class="pd-when">').text(text).appendTo($row);
	if (small) $('<span class="pd-small">').text(small).appendTo($text);
	if (pill) $row.append($(`<span class="indicator-pill no-indicator-dot ${pill[1]}">`).text(pill[0]));
}

function told_of({ technician, visits_that_day, detour, cheap }) {
	const visits = visits_that_day
		? __("{0} visits that day", [visits_that_day])
		: __("no other visit that day");
	return [technician, visits, aftersales.driving_of_window(detour, cheap)].filter(Boolean).join(", ");
}

function judged(window, due) {
	if (window.outside_hours) return [__("out of hours"), "orange"];
	return window.in_time ? due && [__("in time"), "green"] : [__("too late"), "red"];
}

function moment_of(text) {
	const when = frappe.datetime.convert_to_user_tz(text, false);
	return aftersales.written_moment(when, __("ddd D MMM HH:mm"));
}
