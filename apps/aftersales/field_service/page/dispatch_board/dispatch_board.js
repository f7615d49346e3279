frappe.pages["dispatch-board"].on_page_load = async function (wrapper) {
	// The page first: version 16 writes title and breadcrumbs before anything that is waited for
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("Dispatch Board"),
		single_column: true,
	});
	await frappe.require("dispatch_board.bundle.js");
	wrapper.board = new aftersales.DispatchBoard(wrapper, page);
	wrapper.board.show();
};

frappe.pages["dispatch-board"].on_page_show = function (wrapper) {
	wrapper.board?.show();
};
