// What to do first where there is nothing yet: a sentence and the buttons that lead there. Boards put the HTML in;
// reports of the app say it instead of "Nothing to show".
frappe.provide("aftersales.forms");

// Nobody is sent to a list or a new document that is closed to them.
function may_open(route) {
	const [, way, doctype] = /^(new|List)\/(.+)$/.exec(route) || [];
	if (way === "new") return frappe.model.can_create(doctype);
	return way !== "List" || frappe.model.can_read(doctype);
}

// `buttons`: [label, route, function that says whether the user sees it, beside the rights on the route]
aftersales.forms.empty_html = function (text, buttons = []) {
	const e = frappe.utils.escape_html;
	const shown = buttons
		.filter(([, route, may]) => may_open(route) && (!may || may()))
		.map(
			([label, route], i) =>
				`<button class="btn btn-sm ${i ? "btn-default" : "btn-primary"}" data-empty-route="${e(
					route
				)}">${e(label)}</button>`
		)
		.join(" ");
	return `<div class="aftersales-empty text-center text-muted"><p>${e(text)}</p>${shown}</div>`;
};

$(document).on("click", "[data-empty-route]", (event) => {
	const route = event.currentTarget.dataset.emptyRoute;
	const [, doctype] = /^new\/(.+)$/.exec(route) || [];
	if (doctype) frappe.new_doc(doctype);
	else frappe.set_route(route.split("/"));
});

aftersales.forms.may_set_up = () => frappe.user.has_role(["Service Manager", "System Manager"]);

// The buttons of a board on which nobody works yet.
aftersales.forms.first_technician = () => [
	[__("Add Technician"), "setup-assistant", aftersales.forms.may_set_up],
	[__("Technicians"), "List/Service Technician"],
];

const phone_desk = () => [__("Register a Call"), "phone-desk", () => frappe.model.can_create("Repair Call")];
const EMPTY_REPORTS = {
	"Custody Register": [
		() => __("No product of a customer was taken in during this period."),
		() => [[__("New Collection Receipt"), "new/Collection Receipt"]],
	],
	"Loaners Out": [() => __("No loaner is lent out."), () => [[__("New Loaner Issue"), "new/Loaner Issue"]]],
	Referrals: [() => __("No call of this period says how the customer found you."), () => [phone_desk()]],
	"Service Level Compliance": [
		() => __("No service target was met or missed in this period. Targets begin with the first call."),
		() => [phone_desk(), [__("Service Targets"), "List/Service Target"]],
	],
	"Due Next": [() => __("Nothing is due: no target runs."), () => [phone_desk()]],
	"Unbilled Work": [
		() => __("Everything that was done is billed."),
		() => [[__("Billing Desk"), "billing-desk"]],
	],
	"Cash with Technicians": [
		() => __("No technician holds cash of a customer."),
		() => [[__("Cash Handovers"), "List/Technician Cash Handover"]],
	],
	"Van Replenishment": [
		() => __("No van lacks a part. Set the stock of a van in the technician's record."),
		() => [[__("Technicians"), "List/Service Technician"]],
	],
	"Spare Part Stock": [
		() => __("There is no spare part yet."),
		() => [[__("New Spare Part"), "new/Spare Part"]],
	],
	"Contract Profitability": [
		() => __("No service contract was in force in this period."),
		() => [[__("New Service Contract"), "new/Service Contract"]],
	],
	"Customer Satisfaction": [
		() => __("No customer has answered in this period. Follow-ups are planned when calls are closed."),
		() => [[__("Follow-ups"), "List/Follow-up"]],
	],
	"Maintenance Forecast": [
		() => __("No service is planned for these months. Plans say which products need one, and when."),
		() => [[__("New Maintenance Plan"), "new/Maintenance Plan"]],
	],
	"Service Receivables": [
		() => __("There is no service invoice in these months. Bill finished jobs first."),
		() => [[__("Billing Desk"), "billing-desk"]],
	],
	"Checklist Trend": [
		() => __("Choose a product and a question that is answered by a number."),
		() => [[__("Checklist Templates"), "List/Checklist Template"]],
	],
	"Mails without a Call": [
		() => __("Every mail belongs to a call."),
		() => [[__("Email Accounts"), "List/Email Account", aftersales.forms.may_set_up]],
	],
	"Telephone Matching": [
		() => __("Every telephone call of this period has its Repair Call, or none was recorded."),
		() => [phone_desk()],
	],
	"Open in ERPNext": [
		() => __("No Issue, Warranty Claim or visit of a Maintenance Schedule is open in ERPNext."),
		() => [],
	],
	"Effect of Corrective Actions": [
		() => __("No Non Conformance says since when products have the change of the design."),
		() => [[__("Non Conformances"), "List/Non Conformance"]],
	],
	"Service Goals": [
		() => __("No goal is set for a key figure."),
		() => [[__("New Service Goal"), "new/Service Goal"]],
	],
	"Service Standards": [
		() => __("No standard is in force. Take over a ready-made set, or write your own."),
		() => [[__("Service Standards"), "List/Service Standard"]],
	],
	"Warranty Forecast": [
		() => __("No product with a known date of purchase fits. Product files come from sales."),
		() => [[__("Products", null, "After-sales"), "List/Customer Equipment"]],
	],
};
const OF_JOBS = [
	"Warranty Cost",
	"Service Revenue Reconciliation",
	"Job Profitability",
	"Technician Summary",
	"Repair Methods",
	"Travel and Utilisation",
];
OF_JOBS.forEach(
	(name) =>
		(EMPTY_REPORTS[name] = [
			() => __("No job was finished in this period. Finish a visit or a repair first."),
			() => [
				[__("Visits"), "List/Service Voucher"],
				[__("Workshop Board"), "workshop-board"],
			],
		])
);
const OF_CALLS = [
	"Fault Pareto",
	"Work by Stage",
	"Service Key Figures",
	"Bottlenecks",
	"Calls by Agent",
	"Open Repair Data",
];
OF_CALLS.forEach(
	(name) =>
		(EMPTY_REPORTS[name] = [
			() => __("There is no call in this period. Register the first one."),
			() => [phone_desk()],
		])
);

const frappes = frappe.views.QueryReport?.prototype.get_no_result_message;
if (frappes) {
	frappe.views.QueryReport.prototype.get_no_result_message = function () {
		const ours = EMPTY_REPORTS[this.report_name];
		return ours ? aftersales.forms.empty_html(ours[0](), ours[1]()) : frappes.call(this);
	};
}
