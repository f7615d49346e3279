// HRMS: what the person did in the service in the period that is appraised.
frappe.ui.form.on("Appraisal", {
	refresh(frm) {
		if (frm.is_new() || !frappe.model.can_read("Staff Monthly Record")) return;
		aftersales.forms.add_button(
			frm,
			__("Monthly Records of Service"),
			async () => {
				const { message } = await frappe.db.get_value("Employee", frm.doc.employee, "user_id");
				if (!message.user_id) {
					frappe.msgprint(__("{0} has no user.", [frm.doc.employee_name || frm.doc.employee]));
					return;
				}
				const { start_date, end_date } = frm.doc;
				frappe.route_options = { user: message.user_id };
				if (start_date && end_date) {
					frappe.route_options.month = ["between", [start_date, end_date]];
				}
				frappe.set_route("List", "Staff Monthly Record");
			},
			__("View")
		);
	},
});
