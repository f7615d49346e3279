// What to do first where there is nothing yet: a sentence and the buttons that lead there. Boards put the HTML in;
// reports of the app say it instead of "Nothing to show".
frappe.provide("aftersales.forms");

// `buttons`: [label, route, function that says whether the user sees it]
aftersales.forms.empty_html = function (text, buttons = []) {
	const e = frappe.utils.escape_html;
	const shown = buttons
		.filter(([, , may]) => !may || may())
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
		() => [[__("New Spare Part"), "new/Spare Part", () => frappe.model.can_create("Spare Part")]],
	],
	"Contract Profitability": [
		() => __("No service contract was in force in this period."),
		() => [[__("New Service Contract"), "new/Service Contract"]],
	],
	"Customer Opinion": [
		() => __("No customer has answered in this period. Follow-ups are planned when calls are closed."),
		() => [[__("Follow-ups"), "List/Follow-up"]],
	],
};
["Warranty Cost", "Service Revenue Reconciliation", "Job Profitability", "Technician Summary"].forEach(
	(name) =>
		(EMPTY_REPORTS[name] = [
			() => __("No job was finished in this period. Finish a visit or a repair first."),
			() => [
				[__("Visits"), "List/Service Voucher"],
				[__("Workshop Board"), "workshop-board"],
			],
		])
);
["Fault Pareto", "Work by Stage", "Service Key Figures"].forEach(
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
