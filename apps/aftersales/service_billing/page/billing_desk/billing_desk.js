// What is to bill today: one row per invoice to make or draft to submit. The server decides what that is.
frappe.pages["billing-desk"].on_page_load = function (wrapper) {
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("Billing Desk"),
		single_column: true,
	});
	wrapper.billing_desk = new BillingDesk(page);
};

frappe.pages["billing-desk"].on_page_show = function (wrapper) {
	wrapper.billing_desk.load();
};

class BillingDesk {
	constructor(page) {
		this.page = page;
		this.bills = [];
		this.chosen = new Set();
		this.can_bill = ["Service Accountant", "Service Manager"].some((role) => frappe.user.has_role(role));
		this.body = $('<div class="billing-desk"></div>').appendTo(page.main);
		this.add_filters();
		aftersales.forms.add_menu_item(this.page, __("Billing Runs"), () =>
			frappe.set_route("List", "Billing Run")
		);
		this.body.on("change", ".bill-check", (event) => this.choose(event.currentTarget));
		this.body.on("change", ".bill-all", (event) => this.choose_all(event.currentTarget.checked));
	}

	add_filters() {
		const reload = () => this.load();
		this.company = this.page.add_field({
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
			change: reload,
		});
		this.customer = this.page.add_field({
			fieldname: "customer",
			label: __("Customer"),
			fieldtype: "Link",
			options: "Customer",
			change: reload,
		});
		this.until = this.page.add_field({
			fieldname: "until",
			label: __("Due until"),
			fieldtype: "Date",
			default: frappe.datetime.get_today(),
			change: reload,
		});
	}

	filters() {
		return {
			company: this.company.get_value() || null,
			customer: this.customer.get_value() || null,
			until: this.until.get_value() || null,
		};
	}

	async load() {
		const asked = (this.asked = {});
		const listed = await frappe.xcall("aftersales.service_billing.billing.what_to_bill", this.filters());
		if (asked !== this.asked) return; // a later filter has overtaken this answer
		this.bills = listed.bills;
		this.more = listed.more;
		this.chosen = new Set(this.bills.flatMap((bill, place) => (bill.is_due ? [place] : [])));
		this.draw();
	}

	choose(box) {
		const place = Number(box.dataset.place);
		box.checked ? this.chosen.add(place) : this.chosen.delete(place);
		this.show_action();
		this.body.find(".bill-sum").html(this.sum_html());
	}

	choose_all(on) {
		this.chosen = new Set(on ? this.bills.keys() : []);
		this.draw();
	}

	draw() {
		if (!this.bills.length) {
			this.body.html(
				aftersales.forms.empty_html(
					__("Everything is billed. Visits and repairs come here when they are finished."),
					[
						[__("Visits"), "List/Service Voucher"],
						[__("Workshop Board"), "workshop-board"],
					]
				)
			);
			this.page.clear_primary_action();
			return;
		}
		const more = this.more
			? `<p class="text-muted">${__(
					"{0} more are not listed. A run over all that is due bills them too.",
					[this.more]
			  )}</p>`
			: "";
		this.body.html(`
			<div class="bill-sum text-muted mt-3 mb-3">${this.sum_html()}</div>
			<div class="table-responsive">
				<table class="table table-hover">
					<thead><tr>
						<th style="width: 28px"><input type="checkbox" class="bill-all" aria-label="${__("All")}"
							${this.chosen.size === this.bills.length ? "checked" : ""}></th>
						<th>${__("Customer")}</th>
						<th class="d-none d-md-table-cell">${__("Jobs")}</th>
						<th>${__("Due")}</th>
						<th class="text-right">${__("Amount")}</th>
					</tr></thead>
					<tbody>${this.bills.map((bill, place) => this.row_html(bill, place)).join("")}</tbody>
				</table>
			</div>${more}`);
		this.show_action();
	}

	row_html(bill, place) {
		const escape = frappe.utils.escape_html;
		const jobs = bill.jobs
			.slice(0, 6)
			.map((job) => link_html(job.doctype, job.name))
			.join(", ");
		const rest = bill.jobs.length > 6 ? ` ${__("and {0} more", [bill.jobs.length - 6])}` : "";
		const draft = bill.sales_invoice
			? `<div class="text-muted small">${__("Draft")} ${link_html(
					"Sales Invoice",
					bill.sales_invoice
			  )}</div>`
			: "";
		return `<tr>
			<td><input type="checkbox" class="bill-check" data-place="${place}" aria-label="${escape(
			bill.customer_name
		)}" ${this.chosen.has(place) ? "checked" : ""}></td>
			<td><strong>${escape(bill.customer_name || bill.customer)}</strong>
				<div class="text-muted small d-none d-md-block">${escape(bill.company)}</div>
				<div class="small d-md-none">${jobs}${rest}${draft}</div></td>
			<td class="d-none d-md-table-cell">${jobs}${rest}${draft}</td>
			<td class="text-nowrap">${this.due_html(bill)}</td>
			<td class="text-right text-nowrap">${format_currency(bill.amount, bill.currency)}</td>
		</tr>`;
	}

	due_html(bill) {
		if (!bill.is_due) {
			return `<span class="indicator-pill gray">${frappe.datetime.str_to_user(bill.due_on)}</span>`;
		}
		// The same "late" as the clock of the job, Unbilled Work and Work by Stage (service_levels/lateness.py)
		const days = bill.days_late;
		if (!bill.is_late) return `<span class="indicator-pill blue">${__("Due")}</span>`;
		const text = days < 1 ? __("Late") : days === 1 ? __("1 day late") : __("{0} days late", [days]);
		return `<span class="indicator-pill red">${text}</span>`;
	}

	chosen_bills() {
		return [...this.chosen].map((place) => this.bills[place]);
	}

	sum_html() {
		const sums = {};
		let jobs = 0;
		for (const bill of this.chosen_bills()) {
			sums[bill.currency] = (sums[bill.currency] || 0) + bill.amount;
			jobs += bill.jobs.length;
		}
		const amounts = Object.entries(sums).map(([currency, amount]) => format_currency(amount, currency));
		const amount = amounts.join(" + ") || format_currency(0);
		if (jobs === 1) return __("1 job, 1 invoice selected: {0}", [amount]);
		if (this.chosen.size === 1) return __("{0} jobs on 1 invoice selected: {1}", [jobs, amount]);
		return __("{0} jobs on {1} invoices selected: {2}", [jobs, this.chosen.size, amount]);
	}

	show_action() {
		if (!this.can_bill || !this.chosen.size) {
			this.page.clear_primary_action();
			return;
		}
		aftersales.forms.set_primary_action(this.page, __("Create Invoices"), () => this.ask());
	}

	ask() {
		const bills = this.chosen_bills();
		const drafts = bills.filter((bill) => bill.sales_invoice).length;
		const jobs = bills.reduce((sum, bill) => sum + bill.jobs.length, 0);
		const dialog = new frappe.ui.Dialog({
			title: jobs === 1 ? __("Bill 1 job") : __("Bill {0} jobs", [jobs]),
			fields: [
				{
					fieldname: "submit_invoices",
					fieldtype: "Check",
					label: __("Submit the invoices"),
					default: drafts === bills.length ? 1 : 0,
					description: !drafts
						? __("Otherwise they stay drafts.")
						: drafts === 1
						? __("1 of them is a draft. Tick to submit it too.")
						: __("{0} of them are drafts. Tick to submit them too.", [drafts]),
				},
			],
			primary_action_label: __("Bill", null, "After-sales"),
			primary_action: aftersales.forms.answer((values) => this.bill(bills, values.submit_invoices)),
		});
		dialog.show();
	}

	async bill(bills, submit_invoices) {
		const jobs = bills.flatMap((bill) => bill.jobs.map((job) => [job.doctype, job.name]));
		const { message: run } = await frappe.call({
			method: "aftersales.service_billing.doctype.billing_run.billing_run.bill_now",
			type: "POST",
			args: { jobs, submit_invoices: submit_invoices ? 1 : 0, ...this.filters() },
			freeze: true,
			freeze_message: __("Billing"),
		});
		frappe.set_route("Form", "Billing Run", run);
	}
}

// The name of a document is not broken at its hyphens.
function link_html(doctype, name) {
	return `<span class="text-nowrap">${frappe.utils.get_form_link(doctype, name, true)}</span>`;
}
