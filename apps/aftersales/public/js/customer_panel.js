// What is known of the customer, beside a form: next step of the call, other calls, products, contracts, balance.
// On a phone, which shows no sidebar, the same opens from the menu.
frappe.provide("aftersales.forms");

aftersales.forms.CUSTOMER_PANEL_ON = [
	"Repair Call",
	"Service Voucher",
	"Repair Card",
	"Collection Receipt",
	"Follow-up",
	"Service Complaint",
	"Loaner Issue",
	"Customer Equipment",
];

aftersales.forms.customer_panel_html = function (facts) {
	const e = frappe.utils.escape_html;
	const link = (doctype, name, text) =>
		`<a href="${frappe.utils.get_form_link(doctype, name)}">${e(text || name)}</a>`;
	const day = (value) => (value ? frappe.datetime.str_to_user(value.slice(0, 10)) : "");
	const moment_of = (value) => frappe.datetime.str_to_user(value).replace(/:\d\d$/, "");
	const block = (title, rows) =>
		rows.length
			? `<div class="acp-block"><div class="acp-title">${title}</div>${rows
					.map((row) => `<div class="acp-row">${row}</div>`)
					.join("")}</div>`
			: "";
	const muted = (text) => (text ? ` <span class="text-muted">${e(text)}</span>` : "");
	const { call } = facts;
	const late = call?.next_action_by && call.next_action_by < frappe.datetime.now_datetime();
	const next = call
		? [
				call.next_action && e(call.next_action),
				call.next_action_by &&
					`<span class="${late ? "text-danger" : "text-muted"}">${__("by {0}", [
						moment_of(call.next_action_by),
					])}</span>`,
				call.owner_name && `<span class="text-muted">${e(call.owner_name)}</span>`,
				call.promised_from &&
					`${__("Promised")}: ${moment_of(call.promised_from)} – ${frappe.datetime
						.str_to_user(call.promised_to)
						.split(" ")[1]
						?.slice(0, 5)}`,
				call.contact_phone &&
					`<a href="tel:${e(encodeURI(call.contact_phone.replace(/\s/g, "")))}">${e(
						[call.contact_name, call.contact_phone].filter(Boolean).join(" · ")
					)}</a>`,
		  ].filter(Boolean)
		: [];
	const owed = (facts.balances || []).map(([amount, currency]) =>
		__("{0} to be paid", [format_currency(amount, currency)])
	);
	return `<div class="aftersales-customer-panel">
		${block(__("Next Action"), next)}
		${block(__("Customer"), [
			link("Customer", facts.customer, facts.customer_name),
			...(facts.note
				? [`<span class="text-muted">${e(facts.note).replace(/\n/g, "<br>")}</span>`]
				: []),
			...owed,
		])}
		${block(
			__("Other Calls"),
			facts.calls.map(
				(row) =>
					link("Repair Call", row.name, row.subject || row.name) +
					muted(`${__(row.status)}, ${day(row.received_at)}`)
			)
		)}
		${block(
			__("Products", null, "After-sales"),
			facts.products.map(
				(row) =>
					link("Customer Equipment", row.name, row.title || row.name) +
					muted(row.warranty_until && __("warranty until {0}", [day(row.warranty_until)]))
			)
		)}
		${block(
			__("Contracts"),
			facts.contracts.map(
				(row) =>
					link("Service Contract", row.name) +
					muted(`${__(row.status)}${row.end_date ? `, ${day(row.end_date)}` : ""}`)
			)
		)}
	</div>`;
};

aftersales.forms.show_customer_panel = async function (frm) {
	frm.sidebar?.sidebar?.find(".aftersales-customer-panel").remove();
	frm.dashboard?.links_area?.collapse?.(true); // connections are one click away; the form itself comes first
	if (frm.is_new() || !frm.doc.customer) return;
	const load = () =>
		frappe.xcall("aftersales.service_desk.customer_panel.load", {
			doctype: frm.doctype,
			name: frm.docname,
		});
	if (frappe.is_mobile()) {
		aftersales.forms.add_menu_item(frm.page, __("About the Customer"), async () =>
			frappe.msgprint({
				title: frappe.utils.escape_html(frm.doc.customer_name || frm.doc.customer),
				message: aftersales.forms.customer_panel_html(await load()),
			})
		);
		return;
	}
	const name = frm.docname;
	const facts = await load();
	if (frm.docname !== name || !facts.customer) return;
	const $sidebar = frm.sidebar?.sidebar;
	if (!$sidebar?.length) return;
	$sidebar.find(".aftersales-customer-panel").remove();
	$(aftersales.forms.customer_panel_html(facts)).prependTo($sidebar);
};

aftersales.forms.CUSTOMER_PANEL_ON.forEach((doctype) =>
	frappe.ui.form.on(doctype, { refresh: (frm) => void aftersales.forms.show_customer_panel(frm) })
);
