// Names of people and titles of records in the app's reports, where Frappe shows addresses and codes until a title
// happens to be known.
const MOST = 60;

const view = frappe.views.QueryReport?.prototype;
const frappes = view?.render_datatable;
if (frappes) {
	view.render_datatable = function () {
		const ours = frappe.boot.module_app?.[frappe.scrub(this.report_doc?.module || "")] === "aftersales";
		const asked = ours ? unknown_titles(this.columns, this.data) : [];
		const drawn = frappes.apply(this, arguments);
		if (asked.length) {
			const report = this.report_name;
			Promise.all(asked.map(([doctype, name]) => frappe.utils.fetch_link_title(doctype, name))).then(
				() => this.report_name === report && frappes.apply(this, arguments)
			);
		}
		return drawn;
	};
}

// Gives the names of users at once; what the server has to be asked for is returned, each once.
function unknown_titles(columns, rows) {
	const found = new Map();
	const titled = frappe.boot.link_title_doctypes || [];
	for (const column of columns || []) {
		const doctype = column.options;
		if (column.fieldtype !== "Link" || !(doctype === "User" || titled.includes(doctype))) continue;
		for (const row of rows || []) {
			const name = row?.[column.fieldname];
			if (typeof name !== "string" || !name || frappe.utils.get_link_title(doctype, name)) continue;
			if (doctype === "User") frappe.utils.add_link_title(doctype, name, frappe.user.full_name(name));
			else if (found.size < MOST) found.set(`${doctype}::${name}`, [doctype, name]);
		}
	}
	return [...found.values()];
}
