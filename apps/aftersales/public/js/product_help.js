// Documents, articles and past solutions for the product of a call, visit, card or product file.
frappe.provide("aftersales.product_help");

aftersales.product_help.open = async function (frm) {
	const where = { doctype: frm.doctype, name: frm.doc.name };
	const ask = (path) => frappe.xcall(`aftersales.product_knowledge.${path}`, where);
	const [documents, articles, solutions] = await Promise.all([
		ask("documents.documents_of"),
		ask("articles.articles_for"),
		ask("solutions.solutions_for"),
	]);
	const dialog = new frappe.ui.Dialog({
		title: __("Product Help"),
		size: "large",
		fields: [{ fieldname: "help", fieldtype: "HTML" }],
	});
	const body = dialog.fields_dict.help.$wrapper;
	body.html(
		[
			aftersales.product_help.documents(documents, frm),
			aftersales.product_help.articles(articles),
			aftersales.product_help.solutions(solutions),
		].join("")
	);
	body.on("click", "[data-answer]", async (event) => {
		const button = $(event.currentTarget);
		button.closest(".product-help-answer").find("button").prop("disabled", true);
		await frappe.xcall(
			"aftersales.product_knowledge.articles.answer",
			{
				article: button.data("article"),
				helpful: button.data("answer"),
				repair_call: frm.doctype === "Repair Call" ? frm.doc.name : frm.doc.repair_call,
			},
			"POST"
		);
		frappe.show_alert({ message: __("Thank you. It was counted."), indicator: "green" });
	});
	body.on("click", "[data-document]", async (event) => {
		const button = $(event.currentTarget).prop("disabled", true);
		try {
			await frappe.xcall(
				"aftersales.customer_portal.messaging.product_documents.send",
				{ repair_call: frm.doc.name, document: button.data("document") },
				"POST"
			);
			button.text(__("Sent"));
		} catch (refusal) {
			button.prop("disabled", false);
			throw refusal;
		}
	});
	dialog.show();
};

aftersales.product_help.section = (title, rows, empty) =>
	`<h5 class="mt-4">${title}</h5>${rows.length ? rows.join("") : `<p class="text-muted">${empty}</p>`}`;

// On a call that has a contact, what is for customers can be sent to them.
aftersales.product_help.documents = function (documents, frm) {
	const escape = frappe.utils.escape_html;
	const sends =
		frm.doctype === "Repair Call" &&
		frm.perm[0]?.write &&
		frm.doc.equipment &&
		(frm.doc.contact_email || frm.doc.contact_phone);
	const send = (row) =>
		sends && row.audience === "Customer"
			? ` <button class="btn btn-xs btn-default" data-document="${escape(row.name)}">${__(
					"Send to Customer"
			  )}</button>`
			: "";
	const rows = documents.map((row) => {
		const more = [__(row.kind), row.version, row.language].filter(Boolean).map(escape).join(", ");
		return `<div class="mb-2"><a href="${encodeURI(
			row.file || row.address
		)}" target="_blank" rel="noopener noreferrer">${escape(
			row.title
		)}</a> <span class="text-muted">${more}</span>${send(row)}</div>`;
	});
	return aftersales.product_help.section(
		__("Documents"),
		rows,
		__("No document is on file for this product.")
	);
};

aftersales.product_help.articles = function (articles) {
	const escape = frappe.utils.escape_html;
	const rows = articles.map(
		(row) => `<details class="mb-2">
			<summary><strong>${escape(row.title)}</strong> <span class="text-muted">${__(
			"helped {0} times, {1} by phone",
			[row.helpful, row.solved_by_phone]
		)}</span></summary>
			<p class="mt-2">${escape(row.problem)}</p>
			<div>${frappe.dom.remove_script_and_style(row.solution || "")}</div>
			<div class="product-help-answer mt-2">
				<button class="btn btn-xs btn-default" data-article="${escape(row.name)}" data-answer="1">${__(
			"This helped"
		)}</button>
				<button class="btn btn-xs btn-default" data-article="${escape(row.name)}" data-answer="0">${__(
			"This did not help"
		)}</button>
			</div>
		</details>`
	);
	return aftersales.product_help.section(__("Articles"), rows, __("No reviewed article fits."));
};

aftersales.product_help.solutions = function (solutions) {
	const escape = (value) => frappe.utils.escape_html(value || "–");
	const rows = solutions.map(
		(row) => `<tr>
			<td>${escape(row.symptom)}</td><td>${escape(row.fault)}</td><td>${escape(row.cause)}</td>
			<td>${escape(row.action)}</td><td class="text-right">${row.jobs}</td>
			<td class="text-right">${row.repeats}</td>
			<td>${frappe.utils.get_form_link(row.example[0], row.example[1], true)}</td>
		</tr>`
	);
	const table = rows.length
		? [
				`<div class="table-responsive"><table class="table table-sm">
				<thead><tr><th>${__("Symptom")}</th><th>${__("Fault")}</th><th>${__("Cause")}</th><th>${__(
					"Action",
					null,
					"After-sales"
				)}</th><th class="text-right">${__("Jobs")}</th><th class="text-right">${__(
					"Repeats"
				)}</th><th>${__("Latest")}</th></tr></thead>
				<tbody>${rows.join("")}</tbody></table></div>`,
		  ]
		: [];
	return aftersales.product_help.section(
		__("What Helped before on This Model"),
		table,
		__("No finished job of this model reports what was done.")
	);
};

aftersales.product_help.ask_specialist = function (frm) {
	const dialog = new frappe.ui.Dialog({
		title: __("Ask a Product Specialist"),
		fields: [
			{
				fieldname: "subject",
				fieldtype: "Data",
				label: __("Subject"),
				reqd: 1,
				default: frm.doc.subject,
			},
			{
				fieldname: "question",
				fieldtype: "Text",
				label: __("Question"),
				reqd: 1,
				description: __("Without the customer's name or address"),
			},
			{
				fieldname: "expert",
				fieldtype: "Link",
				options: "User",
				label: __("Asked of"),
				description: __("Leave empty for everybody with the role Product Specialist"),
			},
		],
		primary_action_label: __("Ask"),
		primary_action: aftersales.forms.answer(async (args) => {
			await aftersales.forms.save_typed(frm);
			await frappe.xcall(
				"aftersales.service_quality.consultations.ask",
				{ ...args, repair_call: frm.doc.name },
				"POST"
			);
			await frm.reload_doc();
		}),
	});
	dialog.show();
};

for (const doctype of ["Repair Call", "Service Voucher", "Repair Card", "Customer Equipment"]) {
	frappe.ui.form.on(doctype, {
		refresh(frm) {
			if (frm.is_new() || !frappe.model.can_read("Product Document")) return;
			if (frm.doctype !== "Customer Equipment" && !frm.doc.equipment && !frm.doc.model) return;
			aftersales.forms.add_button(frm, __("Product Help"), () => aftersales.product_help.open(frm));
			if (frm.doctype === "Repair Call" && frappe.model.can_create("Technical Consultation")) {
				aftersales.forms.add_button(frm, __("Ask a Specialist"), () =>
					aftersales.product_help.ask_specialist(frm)
				);
			}
		},
	});
}
