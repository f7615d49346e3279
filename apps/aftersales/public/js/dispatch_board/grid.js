// Week and month of the dispatch board are tables of technicians by days: Tab stops at them once, the arrow keys walk
// within, Enter opens the day.
export function draw_grid($plan, html) {
	const held = document.activeElement?.closest?.(".db-cell") && key_of(document.activeElement);
	$plan.html(html);
	const cells = $plan.find(".db-cell").attr("tabindex", -1).toArray();
	const kept = cells.find((cell) => key_of(cell) === held);
	const stop = kept || cells.find((cell) => cell.closest(".db-today")) || cells[0];
	stop?.setAttribute("tabindex", 0);
	kept?.focus();
}

export function listen_to_keys($body) {
	$body.on("keydown", ".db-cell", (event) => {
		const next = neighbour(event.currentTarget, event.key);
		if (!next) return;
		event.preventDefault();
		event.currentTarget.setAttribute("tabindex", -1);
		next.setAttribute("tabindex", 0);
		next.focus();
	});
}

function key_of(cell) {
	return JSON.stringify([cell.closest("tr").dataset.technician, cell.dataset.day]);
}

function neighbour(cell, key) {
	const row = cell.closest("tr");
	const cells = [...row.querySelectorAll(".db-cell")];
	const place = cells.indexOf(cell);
	const forward = frappe.utils.is_rtl() ? -1 : 1;
	const along = { ArrowRight: place + forward, ArrowLeft: place - forward, Home: 0, End: cells.length - 1 }[
		key
	];
	if (along !== undefined) return cells[along];
	const other = { ArrowUp: row.previousElementSibling, ArrowDown: row.nextElementSibling }[key];
	return other?.querySelectorAll(".db-cell")[place];
}
