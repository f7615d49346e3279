frappe.pages["workshop-board"].on_page_load = async function (wrapper) {
	// The page first: version 16 writes title and breadcrumbs before anything that is waited for
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("Workshop Board"),
		single_column: true,
	});
	await frappe.require(["tag_scanner.bundle.js", "workshop_board.bundle.js"]);
	wrapper.board = new aftersales.WorkshopBoard(wrapper, page);
	wrapper.board.show();
};

frappe.pages["workshop-board"].on_page_show = function (wrapper) {
	wrapper.board?.show();
};
