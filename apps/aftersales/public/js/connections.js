// What a document is connected with stands above its first field: on a phone that is a screen to scroll past. There it is
// folded until it is asked for. Version 16 has it open without a heading, which is made first.
const PHONE = "(max-width: 767px)";

$(document).on("form-refresh", (_event, frm) => {
	const connections = frm.dashboard?.links_area;
	const ours = frappe.boot.module_app?.[frappe.scrub(frm.meta.module)] === "aftersales";
	if (!ours || !connections?.make_head || connections.shown_of || !window.matchMedia(PHONE).matches) return;
	if (!connections.head) {
		Object.assign(connections.df, { hide_label: false, collapsible: 1 });
		connections.make_head();
		connections.wrapper.prepend(connections.head);
	}
	connections.shown_of = frm.doctype;
	connections.collapse(true);
});
