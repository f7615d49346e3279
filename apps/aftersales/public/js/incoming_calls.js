// ERPNext's pop-up of a telephone call leads to the phone desk, with the number and the Call Log.
$(document).on("app_ready", () => {
	if (!frappe.model.can_create("Repair Call")) return;
	frappe.realtime.on("show_call_popup", (call_log) => {
		// After ERPNext's own listener, which makes the pop-up
		setTimeout(() => offer_phone_desk(call_log), 0);
	});
});

function offer_phone_desk(call_log) {
	const popup = window.erpnext?.call_popup;
	if (!popup?.dialog || popup.dialog.$wrapper.find(".btn-phone-desk").length) return;
	const $button = $(`<button class="btn btn-primary btn-sm btn-phone-desk">${__("Phone Desk")}</button>`);
	$button.on("click", () => {
		popup.close_modal();
		frappe.route_options = { call_log: call_log.name };
		frappe.set_route("phone-desk");
	});
	popup.dialog.$body.prepend($button);
}
