// Follow-up calls one after the other: whom to call, what to say, what the customer answers. The server picks
// the next one and decides what an answer means.
frappe.provide("aftersales.calling");

Object.assign(aftersales.calling, {
	async start(everybody = 0) {
		aftersales.calling.skipped = [];
		aftersales.calling.everybody = everybody;
		await aftersales.calling.next();
	},

	async next() {
		const { skipped, everybody } = aftersales.calling;
		const sheet = await frappe.xcall("aftersales.customer_care.follow_ups.next_to_call", {
			skip: skipped,
			everybody,
		});
		if (sheet) return aftersales.calling.show(sheet, () => aftersales.calling.next());
		const done = everybody
			? __("There are no more customers to call.")
			: __("None of your follow-ups is left to call. Others may still have some.");
		frappe.show_alert({ message: done, indicator: "green" });
	},

	async open(name, then) {
		const sheet = await frappe.xcall("aftersales.customer_care.follow_ups.call_sheet", {
			follow_up: name,
		});
		return aftersales.calling.show(sheet, then);
	},

	show(sheet, then) {
		const act = aftersales.forms.once(async (method, args) => {
			if (!dialog.is_visible) return; // said already, and on its way out
			await frappe.xcall("run_doc_method", { dt: "Follow-up", dn: sheet.name, method, args });
			dialog.hide();
			if (cur_list && cur_list.doctype === "Follow-up") cur_list.refresh();
			await then();
		});
		const dialog = new frappe.ui.Dialog({
			title: sheet.customer_name || sheet.customer,
			size: "large",
			fields: [
				{ fieldtype: "HTML", fieldname: "sheet", options: aftersales.calling.told(sheet) },
				{ fieldtype: "Section Break", label: __("What the Customer Says") },
				...aftersales.calling.questions(sheet),
				{
					fieldtype: "Section Break",
					label: __("Not Reached?"),
					collapsible: 1,
					collapsible_depends_on: "eval:0",
				},
				{
					fieldtype: "Datetime",
					fieldname: "next_attempt_at",
					label: __("Try again at"),
					description: __("Leave empty to use the settings"),
				},
			],
			primary_action_label: __("Save Answer"),
			primary_action: (values) => {
				const answers = Object.fromEntries(sheet.questions.map((field) => [field, values[field]]));
				return act("complete", answers);
			},
			secondary_action_label: __("Not Reached"),
			secondary_action: () =>
				act("record_attempt", { next_attempt_at: dialog.get_value("next_attempt_at") }),
		});
		dialog.add_custom_action(__("Skip"), () => {
			(aftersales.calling.skipped = aftersales.calling.skipped || []).push(sheet.name);
			dialog.hide();
			then();
		});
		if (sheet.kind === "Periodic Visit" && !sheet.visit_call) {
			const arrange = async () => {
				const name = await frappe.xcall("run_doc_method", {
					dt: "Follow-up",
					dn: sheet.name,
					method: "arrange_visit",
				});
				frappe.set_route("Form", "Repair Call", name.message || name);
				dialog.hide();
			};
			dialog.add_custom_action(__("Arrange a Visit"), aftersales.forms.once(arrange));
		}
		dialog.show();
		return dialog;
	},

	questions(sheet) {
		const fields = {
			repair_effective: {
				fieldtype: "Select",
				label: __("Does it work as it should?"),
				options: ["", "Yes", "No"],
			},
			answer_accepted: {
				fieldtype: "Select",
				label: __("Does the customer accept our answer?"),
				options: ["", "Yes", "No"],
			},
			hidden_hazard: {
				fieldtype: "Select",
				label: __("Anything dangerous?"),
				options: ["", "Yes", "No"],
			},
			csat: {
				fieldtype: "Select",
				label: __("How satisfied, 1 to 5?"),
				options: ["", "1", "2", "3", "4", "5"],
			},
			nps: {
				fieldtype: "Select",
				label: __("Would recommend us, 0 to 10?"),
				options: ["", ...Array(11).keys()].map(String),
			},
			comments: { fieldtype: "Small Text", label: __("Opinion and Advice"), max_height: "6rem" },
		};
		const asked = sheet.questions.map((fieldname) => ({ fieldname, ...fields[fieldname] }));
		const comments = asked.pop();
		// one below the other on a phone, where two columns would not stand in line
		if (!frappe.is_mobile()) asked.splice(Math.ceil(asked.length / 2), 0, { fieldtype: "Column Break" });
		return [...asked, { fieldtype: "Section Break" }, comments];
	},

	told(sheet) {
		const escape = (text) => frappe.utils.escape_html(text || "");
		const rows = [];
		const row = (label, html) =>
			html &&
			rows.push(
				`<div class="row mb-1"><div class="col-3 text-muted">${label}</div><div class="col-9">${html}</div></div>`
			);
		const phone = sheet.contact_phone;
		row(
			__("Call"),
			`${escape(sheet.contact_name)} ${
				phone ? `<a href="tel:${phone.replace(/[^\d+]/g, "")}"><b>${escape(phone)}</b></a>` : ""
			}`
		);
		const call = sheet.call || {};
		row(
			__("Product", null, "After-sales"),
			escape(sheet.product || [call.brand, call.model].filter(Boolean).join(" "))
		);
		if (sheet.repair_call) {
			row(
				__("Issue", null, "After-sales"),
				`${frappe.utils.get_form_link("Repair Call", sheet.repair_call, true)} ${escape(
					call.subject
				)}`
			);
			row(__("Work done"), escape(call.resolution));
		}
		if (sheet.complaint) {
			const link = frappe.utils.get_form_link("Service Complaint", sheet.service_complaint, true);
			row(__("Complaint"), `${link} ${escape(sheet.complaint.subject)}`);
		}
		row(__("Technician"), escape(sheet.technician));
		if (sheet.attempts) {
			row(__("Tried"), __("{0} of {1} times", [sheet.attempts, sheet.most_attempts || "∞"]));
		}
		const script = sheet.script
			? `<div class="border rounded p-3 mt-3">${escape(sheet.script).replace(/\n/g, "<br>")}</div>`
			: "";
		return `<div class="aftersales-sheet mb-3">${rows.join("")}${script}</div>`;
	},
});
