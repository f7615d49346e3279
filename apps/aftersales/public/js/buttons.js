// The buttons of forms, lists, reports and pages. Loaded with the desk, before any of them.
//
// Frappe disables a pressed button until the promise of its handler is kept. One that is refused, or a question
// answered by No, would leave the button dead until the page is loaded anew: so Frappe gets no promise here, and
// a second press while the first is at work does nothing.
frappe.provide("aftersales.forms");

// Calls `action` and gives its promise, or nothing while an earlier call is at work.
aftersales.forms.once = function (action) {
	let at_work = false;
	return async function (...args) {
		if (at_work) return;
		at_work = true;
		try {
			return await action.apply(this, args);
		} finally {
			at_work = false;
		}
	};
};

// What is at work, by page and label: a form drawn anew meanwhile has new buttons for the same action.
aftersales.forms.at_work = new Set();

aftersales.forms.press = function (label, action) {
	const { at_work } = aftersales.forms;
	const press = async () => {
		const key = `${frappe.get_route_str()}/${label}`;
		if (at_work.has(key)) return;
		at_work.add(key);
		try {
			await action();
		} finally {
			Promise.resolve(aftersales.forms.dialog_closed()).then(() => at_work.delete(key));
		}
	};
	return () => void press();
};

// A dialog covers its button only once it has come up, which takes a moment: two quick presses would open two.
aftersales.forms.dialog_closed = () =>
	document.body.classList.contains("modal-open") &&
	new Promise((resolve) => $(document).one("hide.bs.modal", resolve));

aftersales.forms.add_button = (frm, label, action, group) =>
	frm.add_custom_button(label, aftersales.forms.press(label, action), group);

// Whether the user still looks at this form when an answer comes.
aftersales.forms.is_shown = (frm) => $(frm.wrapper).is(":visible");

// A button of a list, a report or a page.
aftersales.forms.add_page_button = (page, label, action, group) =>
	page.add_inner_button(label, aftersales.forms.press(label, action), group);

aftersales.forms.add_menu_item = (page, label, action) =>
	page.add_menu_item(label, aftersales.forms.press(label, action));

aftersales.forms.set_primary_action = (page, label, action, icon) =>
	page.set_primary_action(label, aftersales.forms.press(label, action), icon);

// An action of a document works on what is stored: what has been typed is saved first. Rejects when it could not be;
// Frappe has said why. While a form is loaded anew, because somebody else has saved its document, there is no
// document to act on for a moment: the action waits for it.
aftersales.forms.save_typed = async function (frm) {
	if (!frm.is_new()) await frappe.model.with_doc(frm.doctype, frm.docname);
	if (!frm.is_dirty()) return;
	if (frappe.ui.form.check_mandatory(frm)) {
		await frm.save(frm.doc.docstatus === 1 ? "Update" : "Save", null, null, () => {});
	}
	if (frm.is_dirty()) throw new Error(`${frm.docname} has not been saved`);
};

// Submits after Yes. Frappe's own question is "Permanently Submit?"; `question` says what will happen.
aftersales.forms.submit = function (frm, question) {
	if (!question) return void frm.savesubmit(); // tells nothing when the answer is No
	frm.validate_form_action("Submit");
	aftersales.forms.confirm(question, () => frm.save("Submit"));
};

// Asks, and does it once however often Yes is pressed while the question fades away.
// `otherwise` is called when the answer is No.
aftersales.forms.confirm = (question, action, otherwise) =>
	frappe.confirm(question, aftersales.forms.once(action), otherwise);

// For `primary_action` of a dialog: does it once and closes the dialog, which stays when it is refused.
aftersales.forms.answer = function (action) {
	let at_work = false;
	return async function (values) {
		if (at_work) return;
		at_work = true;
		const end = () => {
			at_work = false;
			this.enable_primary_action();
		};
		this.disable_primary_action();
		try {
			await action.call(this, values);
			this.$wrapper.one("hidden.bs.modal", end);
			this.hide();
		} catch (refusal) {
			end();
			throw refusal;
		}
	};
};

/** Rows of a table come from elsewhere: nothing adds one. Frappe shows the buttons of an editable grid again and again. */
aftersales.forms.take_no_rows = function (frm, fieldname) {
	const { grid } = frm.get_field(fieldname);
	grid.cannot_add_rows = true;
	grid.wrapper.addClass("takes-no-rows");
};
