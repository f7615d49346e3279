frappe.pages["phone-desk"].on_page_load = async function (wrapper) {
	// The page first: version 16 writes title and breadcrumbs before anything that is waited for
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("Phone Desk"),
		single_column: true,
	});
	await frappe.require("phone_desk.bundle.js");
	wrapper.phone_desk = new aftersales.PhoneDesk(page);
	wrapper.phone_desk.open();
};

frappe.pages["phone-desk"].on_page_show = function (wrapper) {
	wrapper.phone_desk?.open();
};
