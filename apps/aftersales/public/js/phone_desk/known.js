// What is known of the customer and the product, and what speaks for or against covering it.

export function show_customer($who, { customer, customer_name, customer_group, note }) {
	$who.empty().prop("hidden", false);
	$("<strong>").text(customer_name).appendTo($who);
	$who.append($('<span class="text-muted">').text(customer_group || ""));
	$('<a tabindex="-1">')
		.attr("href", frappe.utils.get_form_link("Customer", customer))
		.text(__("Show"))
		.appendTo($who);
	if (note) $('<div class="pd-note text-muted">').text(note).appendTo($who);
}

// `ownership`: { reason, change(reason) }, why a product is covered in spite of what speaks against it.
export function show_known($known, preview, { hazard, ownership }) {
	$known.empty().prop("hidden", false);
	show_pills($('<div class="pd-pills">').appendTo($known), preview, hazard);
	$('<div class="pd-why text-muted mt-2">')
		.text(preview.coverage_reason || "")
		.appendTo($known);
	ask_about_owner($known, preview.ownership_concern, ownership);
	$('<div class="pd-prices mt-2">').html(aftersales.service_prices.html(preview.prices)).appendTo($known);
	if (preview.service_address_display) {
		$('<div class="text-muted mt-2">')
			.text(preview.service_address_display.replace(/\n/g, ", "))
			.appendTo($known);
	}
	if (preview.open.length) {
		show_calls(
			$known,
			__("Open already:"),
			preview.open.map((call) => [call.name, `${call.subject} (${__(call.status)}, ${call.because})`])
		);
	}
	if (preview.repeats)
		show_calls($known, __("Repeats"), [[preview.repeats, __("the same fault has come back")]]);
	show_tips($known, preview.tips);
}

function show_pills($pills, preview, hazard) {
	const pill = (text, color) =>
		text && $(`<span class="indicator-pill no-indicator-dot ${color}">`).text(text).appendTo($pills);
	const until = preview.coverage_until ? frappe.datetime.str_to_user(preview.coverage_until) : "";
	const covered = !["None", "Unknown"].includes(preview.coverage);
	pill(
		covered
			? __("{0} until {1}", [__(preview.coverage), until])
			: preview.coverage === "None"
			? __("Warranty ended on {0}", [until])
			: __("Coverage unknown"),
		covered ? "green" : preview.coverage === "None" ? "yellow" : "gray"
	);
	pill(preview.service_category && __("Category {0}", [preview.service_category]), "blue");
	pill(__(preview.priority || ""), hazard ? "red" : "gray");
	pill(preview.service_zone, "gray");
}

function show_calls($known, before, calls) {
	const $alert = $('<div class="pd-alert">').text(`${before} `).appendTo($known);
	calls.forEach(([name, text]) => {
		$('<a tabindex="-1" target="_blank">')
			.attr("href", frappe.utils.get_form_link("Repair Call", name))
			.text(name)
			.appendTo($alert);
		$("<span>").text(` ${text} `).appendTo($alert);
	});
}

// Articles that may solve it on the phone
function show_tips($known, tips) {
	if (!tips.length) return;
	const $tips = $('<div class="pd-tips mt-2">')
		.text(`${__("This may help:")} `)
		.appendTo($known);
	for (const tip of tips) {
		$('<a tabindex="-1" target="_blank" class="mr-2">')
			.attr("href", frappe.utils.get_form_link("Service Article", tip.name))
			.text(tip.title)
			.appendTo($tips);
	}
}

// What speaks against covering the product is told, and covered once the agent says why
function ask_about_owner($known, concern, { reason, change }) {
	if (!concern) return;
	const $alert = $('<div class="pd-alert pd-concern">').text(concern).appendTo($known);
	$('<input type="text" class="form-control input-xs mt-2" id="pd-ownership-reason">')
		.attr("placeholder", __("Reason for coverage"))
		.attr("aria-label", __("Reason for coverage"))
		.val(reason || "")
		.on("change", (event) => change(event.currentTarget.value))
		.appendTo($alert);
}
