// What a card of the workshop board says: figures of its promise and the HTML of its face.
const e = frappe.utils.escape_html;

export function left(card, now = Date.now()) {
	return card.left === null ? null : card.left - (now - card.at) / 1000;
}

export function age(card, key, now = Date.now()) {
	return card[key] + (now - card.at) / 1000;
}

export function order(a, b, now) {
	const [left_a, left_b] = [left(a, now), left(b, now)];
	if ((left_a === null) !== (left_b === null)) return left_a === null ? 1 : -1;
	return (left_a || 0) - (left_b || 0) || age(b, "age", now) - age(a, "age", now);
}

export function color(status) {
	return (
		{
			Received: "gray",
			Diagnosing: "blue",
			"Awaiting Approval": "orange",
			Approved: "cyan",
			"Awaiting Parts": "yellow",
			"In Repair": "blue",
			"Quality Check": "purple",
			Ready: "green",
		}[status] || "red"
	);
}

export function urgency(card) {
	const rest = left(card);
	if (rest === null) return "";
	return rest < 0 ? "wb-late" : rest < 86400 ? "wb-soon" : "";
}

export function words(seconds) {
	const minutes = Math.floor(Math.abs(seconds) / 60);
	if (minutes >= 1440) return __("{0} d", [Math.floor(minutes / 1440)]);
	if (minutes >= 60) return __("{0} h", [Math.floor(minutes / 60)]);
	return __("{0} min", [minutes]);
}

export function times_html(card) {
	const rest = left(card);
	const promise =
		rest === null
			? `<span class="text-muted">${__("nothing promised")}</span>`
			: rest < 0
			? `<span class="text-danger">${__("{0} late", [words(rest)])}</span>`
			: `<span class="${rest < 86400 ? "text-warning" : "text-muted"}">${__("{0} left", [
					words(rest),
			  ])}</span>`;
	const title = __("in this stage for {0}, with us for {1}", [
		words(age(card, "in_stage")),
		words(age(card, "age")),
	]);
	const here = __("{0} here", [words(age(card, "in_stage"))]);
	return `<div class="wb-times" title="${e(title)}"><span>${here}</span>${promise}</div>`;
}

export function card_html(card, first) {
	const who = card.working || card.assigned_technician || "";
	return `
		<article class="wb-card ${urgency(card)}" data-card="${e(card.name)}">
			<div class="wb-line"><a class="wb-open" href="${frappe.utils.get_form_link("Repair Card", card.name)}">${e(
		card.name
	)}</a>${
		card.priority === "Emergency"
			? `<span class="indicator-pill red no-indicator-dot">${__("Emergency")}</span>`
			: `<span class="text-muted">${e(card.category || "")}</span>`
	}</div>
			<div class="wb-product">${e(card.product || __("Product without a file"))}</div>
			<div class="wb-who text-muted">${e([card.customer_name, card.fault].filter(Boolean).join(" · "))}</div>
			<div class="wb-waiting">${card.working ? '<span class="wb-pulse"></span>' : ""}${e(card.waiting)}</div>
			${times_html(card)}
			<div class="wb-foot"><span class="wb-technician" title="${e(who)}">${e(frappe.get_abbr(who))}</span>${
		first
			? `<button class="btn btn-default btn-xs" data-step="${e(first.key)}">${e(first.label)}</button>`
			: ""
	}</div>
		</article>`;
}
