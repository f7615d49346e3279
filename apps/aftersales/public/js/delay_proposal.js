// A compensation that waits for a decision is shown where the bill is looked at, never taken off silently.
frappe.ui.form.on("Sales Invoice", {
	async refresh(frm) {
		const seeing = ["Service Accountant", "Service Manager", "Service Supervisor"];
		if (frm.is_new() || !frm.doc.aftersales_voucher || !seeing.some((role) => frappe.user.has_role(role)))
			return;
		const { message: proposal } = await frappe.call({
			method: "aftersales.service_accounts.delay.proposal_for_invoice",
			args: { sales_invoice: frm.doc.name },
		});
		if (!proposal) return;
		frm.dashboard.add_comment(
			__("{0} came back {1} days late: decide about a compensation of {2} in {3}.", [
				frappe.utils.get_form_link("Repair Card", proposal.job, true),
				proposal.days_late,
				format_currency(
					proposal.proposed_amount,
					frappe.get_doc(":Company", proposal.company)?.default_currency
				),
				frappe.utils.get_form_link("Delay Compensation", proposal.name, true),
			]),
			"orange",
			true
		);
	},
});
