// Repair Call: an emergency is fitted into the running day where it disturbs least (visit_planning/emergencies.py).
frappe.ui.form.on("Repair Call", {
	refresh(frm) {
		const open = ["Open", "Triaged", "Scheduled", "In Progress"].includes(frm.doc.status);
		const presses = frm.doc.hazard || frm.doc.__onload?.is_emergency;
		if (frm.is_new() || !open || !presses || !frappe.model.can_write("Service Voucher")) return;
		aftersales.forms.add_button(
			frm,
			__("Fit in Today"),
			async () => {
				await aftersales.forms.save_typed(frm);
				await show_options(frm);
			},
			__("Create")
		);
	},
});

async function show_options(frm) {
	const found = await frappe.xcall("aftersales.visit_planning.emergencies.options", {
		repair_call: frm.doc.name,
	});
	if (!found.length) {
		frappe.msgprint({
			title: __("Nobody Can Go Today"),
			message: __(
				"No technician who is qualified is at work for the rest of today. Plan the visit on the dispatch board."
			),
			indicator: "orange",
		});
		return;
	}
	const dialog = new frappe.ui.Dialog({
		title: __("Fit in Today"),
		fields: [{ fieldname: "options", fieldtype: "HTML", options: found.map(option_html).join("") }],
		primary_action_label: __("Dispatch", null, "After-sales"),
		primary_action: aftersales.forms.answer(async () => {
			const chosen = found[dialog.$wrapper.find("input[name='option']:checked").val()];
			const done = await frappe.xcall("aftersales.visit_planning.emergencies.take", {
				repair_call: frm.doc.name,
				technician: chosen.technician,
				start: chosen.start,
			});
			await frm.reload_doc();
			const message = done.moved.length
				? __("{0} is dispatched. {1} visits were moved.", [done.voucher, done.moved.length])
				: __("{0} is dispatched.", [done.voucher]);
			frappe.show_alert({ message, indicator: "green" });
		}),
	});
	dialog.show();
}

const time_of = (moment) => moment.slice(11, 16);

function option_html(option, number) {
	const facts = [__("{0} min of travel", [option.travel])];
	if (option.late) facts.push(__("{0} min after the target", [option.late]));
	if (option.overtime) facts.push(__("{0} min of overtime", [option.overtime]));
	const changes = option.changes.map((change) => {
		const who = frappe.utils.escape_html(change.customer_name || change.visit);
		const text = __("{0}: {1} instead of {2}", [
			who,
			time_of(change.new_start),
			time_of(change.old_start),
		]);
		const missed = change.missed ? ` <span class="text-danger">${__("promise missed")}</span>` : "";
		return `<li>${text}${missed}</li>`;
	});
	const moves = changes.length
		? `<ul class="mb-0 pl-4">${changes.join("")}</ul>`
		: `<div class="text-muted">${__("No other visit changes.")}</div>`;
	return `<label class="d-block border rounded p-3 mb-2" style="font-weight: normal">
		<input type="radio" name="option" value="${number}" ${number ? "" : "checked"}>
		<b>${time_of(option.start)} ${frappe.utils.escape_html(option.technician)}</b>
		<span class="text-muted">${facts.join(", ")}</span>
		${moves}
	</label>`;
}
