// Frappe's dialogs say nothing to a screen reader: neither what they are called, nor what their fields are. Each gets its
// title, and each field its label, when it is shown.
$(document).on("shown.bs.modal", ".modal", ({ currentTarget: dialog }) => {
	const name = (element, text) =>
		element && text?.trim() && element.setAttribute("aria-label", text.trim());
	name(dialog, dialog.querySelector(".modal-title")?.textContent);
	name(dialog.querySelector(".btn-modal-close"), __("Close this dialog"));
	for (const control of dialog.querySelectorAll(".frappe-control[data-fieldname]")) {
		const field = control.querySelector("input:not([type='checkbox'], [type='radio']), textarea, select");
		if (field && !field.labels?.length && !field.hasAttribute("aria-label")) {
			name(field, control.querySelector(".control-label")?.textContent);
		}
		name(control.querySelector(".signature-reset"), __("Clear the signature"));
	}
});
