// Names of shipped records are English in the database, and shown in the user's language in their own lists, too: links to
// them are by Frappe (DocType, Translate Link Fields). The list puts what it is given in as text.
const NAMED = {
	"Fault Code": "title",
	"Follow-up Rule": "name",
	"Periodic Visit Plan": "name",
	"Service Calendar": "name",
	"Service Category": "title",
	"Service Clock": "measure",
	"Service Goal": "name",
	"Service Request Type": "name",
	"Service Target": "name",
	"Service Zone": "name",
};

for (const [doctype, fieldname] of Object.entries(NAMED)) {
	const settings = (frappe.listview_settings[doctype] ||= {});
	settings.formatters ||= {};
	settings.formatters[fieldname] ||= (value) => __(value || "");
}
