// The titles of saved filters in the user's language, as version 16 shows them by itself. The name that is stored stays.
const sidebar = frappe.views.ListSidebar?.prototype;
const frappes = sidebar?.setup_list_filter;
if (frappes) {
	sidebar.setup_list_filter = function () {
		frappes.call(this);
		const saved = this.list_filter;
		const template = saved?.filter_template;
		if (!template) return;
		// the filters are drawn once the server has told them
		saved.filter_template = (filter) =>
			template.call(saved, {
				...filter,
				filter_name: frappe.utils.escape_html(__(filter.filter_name)),
			});
	};
}
