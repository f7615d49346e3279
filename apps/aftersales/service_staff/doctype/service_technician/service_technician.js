frappe.ui.form.on("Service Technician", {
	setup(frm) {
		const of_company = () => ({ filters: { company: frm.doc.company, is_group: 0, disabled: 0 } });
		frm.set_query("van_warehouse", of_company);
		frm.set_query("supply_warehouse", of_company);
		frm.set_query("item_code", "van_stock", () => ({ filters: { is_stock_item: 1, disabled: 0 } }));
		frm.set_query("employee", () => ({ filters: { company: frm.doc.company, status: "Active" } }));
		frm.set_query("supplier", () => ({ filters: { disabled: 0 } }));
		frm.set_query("user", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	},

	refresh(frm) {
		if (frm.is_new()) return;
		frm.trigger("add_views");
		if (!frm.doc.van_warehouse) return;
		aftersales.forms.add_button(frm, __("Van Replenishment"), () => {
			frappe.route_options = { company: frm.doc.company, technician: frm.docname };
			frappe.set_route("query-report", "Van Replenishment");
		});
	},

	// What this technician has to do, and has done.
	add_views(frm) {
		const technician = frm.docname;
		const view = (label, doctype, ...route) => {
			if (!frappe.model.can_read(doctype)) return;
			aftersales.forms.add_button(
				frm,
				label,
				() => {
					frappe.route_options = { technician };
					frappe.set_route(...route);
				},
				__("View")
			);
		};
		view(__("Visits"), "Service Voucher", "List", "Service Voucher");
		view(__("Calendar"), "Service Voucher", "List", "Service Voucher", "Calendar");
		aftersales.forms.add_button(
			frm,
			__("Monthly Summary"),
			() => {
				frappe.route_options = { company: frm.doc.company, technician };
				frappe.set_route("query-report", "Technician Summary");
			},
			__("View")
		);
		frm.trigger("add_views_of_employee");
	},

	// HRMS, where it is installed and the user may read it.
	add_views_of_employee(frm) {
		const { employee } = frm.doc;
		for (const [doctype, filters] of [
			["Training Event", { "Training Event Employee.employee": employee }],
			["Appraisal", { employee }],
		]) {
			if (!employee || !frappe.model.can_read(doctype)) continue;
			aftersales.forms.add_button(
				frm,
				__(doctype),
				() => {
					frappe.route_options = filters;
					frappe.set_route("List", doctype);
				},
				__("View")
			);
		}
	},
});
