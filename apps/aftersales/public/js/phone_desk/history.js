// What was before: complaints, open calls and earlier ones of the customer.

export function show_history($card, { open, history, complaints }) {
	$card.empty().prop("hidden", false);
	const list = (title, doctype, rows, tell) => {
		if (!rows.length) return;
		$('<div class="pd-title mt-2">').text(title).appendTo($card);
		const $list = $('<ul class="pd-lines">').appendTo($card);
		rows.forEach((row) => {
			const $line = $("<li>").appendTo($list);
			$('<a tabindex="-1" target="_blank">')
				.attr("href", frappe.utils.get_form_link(doctype, row.name))
				.text(row.subject)
				.appendTo($line);
			$('<span class="pd-small">').text(tell(row)).appendTo($line);
			if (row.contact_confirmed === 0) offer_to_confirm(row, $line);
		});
	};
	const when = (row) => frappe.datetime.str_to_user(row.received_at.slice(0, 10));
	const product = (row) => [row.brand, row.model].filter(Boolean).join(" ");
	const join = (...parts) => parts.filter(Boolean).join(" · ");
	list(__("Complaints"), "Service Complaint", complaints, (row) => __(row.status));
	list(__("Open calls"), "Repair Call", open, (row) => join(when(row), __(row.status), product(row)));
	list(__("Before"), "Repair Call", history, (row) => join(when(row), product(row), row.resolution));
	if (!$card.children().length)
		$card.append($('<span class="text-muted">').text(__("First call of this customer")));
}

// A call that somebody else has reported, over the code on the product: is that the customer's contact?
function offer_to_confirm(call, $line) {
	const contact = [call.contact_name, call.contact_phone, call.contact_email].filter(Boolean);
	if (!contact.length) return;
	const $offer = $('<div class="pd-small text-warning">')
		.text(__("Contact not confirmed: {0}", [contact.join(", ")]))
		.appendTo($line);
	$('<button type="button" class="btn btn-xs btn-default ml-2" tabindex="-1">')
		.text(__("Confirm Contact"))
		.appendTo($offer)
		.on("click", async () => {
			await frappe.xcall("run_doc_method", {
				dt: "Repair Call",
				dn: call.name,
				method: "confirm_contact",
			});
			$offer.remove();
			frappe.show_alert({ message: __("Contact confirmed"), indicator: "green" });
		});
}
