// The app's rooms are modules of their own but share one workspace: their breadcrumbs lead back to it.
Object.assign((frappe.breadcrumbs.module_map ??= {}), {
	"Field Service": "Service Desk",
	"Repair Workshop": "Service Desk",
	"Service Billing": "Service Desk",
	"Service Levels": "Service Desk",
});
