// A message that names missing fields leads to each of them: in the dialog that asked, on the form, or on the form
// that is opened for it. core/guards.py (require_value, require_values) writes the links.
frappe.provide("aftersales.forms");

aftersales.forms.show_field = function (frm, fieldname) {
	if (!frm.fields_dict[fieldname]) return;
	frm.scroll_to_field(fieldname);
};

$(document).on("click", "[data-missing-field]", async (event) => {
	event.preventDefault();
	const { missingField: fieldname, doctype, name } = event.currentTarget.dataset;
	frappe.hide_msgprint(true);
	const asked = [...frappe.ui.open_dialogs].reverse().find((dialog) => dialog.fields_dict?.[fieldname]);
	if (asked) {
		asked.fields_dict[fieldname].$wrapper[0].scrollIntoView({ block: "center" });
		asked.fields_dict[fieldname].set_focus?.();
		return;
	}
	const is_open = () =>
		window.cur_frm?.doctype === doctype &&
		(!name || cur_frm.docname === name) && // nosemgrep
		$(cur_frm.wrapper).is(":visible"); // nosemgrep
	if (!is_open()) {
		if (!name) return;
		[...frappe.ui.open_dialogs].forEach((dialog) => dialog.hide());
		await frappe.set_route("Form", doctype, name);
	}
	if (is_open()) aftersales.forms.show_field(cur_frm, fieldname); // nosemgrep
});
