// The app's rooms are modules of their own but share one workspace, which belongs to the room that every role reads
// something of: their breadcrumbs lead back to it.
const rooms = Object.entries(frappe.boot?.module_app || {}).filter(([, app]) => app === "aftersales");
const title = (module) =>
	module.replace(/(^|_)(.)/g, (_all, gap, letter) => (gap && " ") + letter.toUpperCase());

frappe.breadcrumbs.module_map ??= {};
for (const [module] of rooms) {
	if (module !== "service_setup") frappe.breadcrumbs.module_map[title(module)] = "Service Setup";
}
