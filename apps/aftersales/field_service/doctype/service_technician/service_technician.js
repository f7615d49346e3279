frappe.ui.form.on("Service Technician", {
	setup(frm) {
		frm.set_query("van_warehouse", () => ({
			filters: { company: frm.doc.company, is_group: 0, disabled: 0 },
		}));
		frm.set_query("employee", () => ({ filters: { company: frm.doc.company, status: "Active" } }));
		frm.set_query("user", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	},
});
