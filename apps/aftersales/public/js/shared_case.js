// The calls behind a Non Conformance, for those who design, make and buy the product: nothing of the customer.
frappe.ui.form.on("Non Conformance", {
	refresh(frm) {
		const may = ["Product Specialist", "Service Supervisor", "Service Manager"];
		if (frm.is_new() || !frappe.user.has_role(may)) return;
		aftersales.forms.add_button(frm, __("Service Cases"), async () => {
			const calls = await frappe.xcall("aftersales.service_quality.shared_case.calls_behind", {
				non_conformance: frm.doc.name,
			});
			const escape = (value) => frappe.utils.escape_html(String(value ?? ""));
			const photo = (row) =>
				`<a target="_blank" rel="noopener" href="/api/method/aftersales.service_quality.shared_case.photo?${new URLSearchParams(
					{ non_conformance: frm.doc.name, photo: row.name }
				)}">${escape(__(row.shows))}</a>`;
			const job = (row) => `<div class="ml-3 mb-2">
				<div><strong>${escape(row.name)}</strong> ${frappe.datetime.str_to_user(row.done_on)}</div>
				<div>${escape(row.found)}</div>
				<div>${row.parts
					.map((part) =>
						escape(`${part.qty} × ${part.item_name || part.item_code} ${part.serial_no || ""}`)
					)
					.join("<br>")}</div>
				<div>${row.measured
					.map(
						(each) =>
							`<span class="${each.state === "Out of Limits" ? "text-danger" : ""}">${escape(
								`${each.question}: ${each.value} ${each.uom || ""}`
							)}</span>`
					)
					.join("<br>")}</div>
				<div>${row.photos.map(photo).join(" ")}</div>
			</div>`;
			const call = (row) => `<div class="mb-3">
				<h5>${escape(row.name)} <span class="text-muted">${frappe.datetime.str_to_user(row.received_at)}</span></h5>
				<div>${escape([row.brand, row.model, row.serial_text].filter(Boolean).join(" "))}</div>
				<div class="text-muted">${escape(
					[row.symptom_code, row.fault_code, row.cause_code, row.action_code]
						.filter(Boolean)
						.join(" · ")
				)}</div>
				${row.jobs.map(job).join("")}
			</div>`;
			const dialog = new frappe.ui.Dialog({
				title: __("Service Cases"),
				size: "large",
				fields: [{ fieldname: "cases", fieldtype: "HTML" }],
			});
			dialog.fields_dict.cases.$wrapper.html(
				calls.map(call).join("") || `<p class="text-muted">${__("No call is linked.")}</p>`
			);
			dialog.show();
		});
		if (!frappe.user.has_role(["Service Supervisor", "Service Manager"])) return;
		aftersales.forms.add_button(frm, __("Share with a Vendor"), () => share_case(frm));
	},
});

function share_case(frm) {
	const dialog = new frappe.ui.Dialog({
		title: __("Share with a Vendor"),
		fields: [
			{
				fieldname: "told",
				fieldtype: "HTML",
				options: `<p class="text-muted">${__(
					"Whoever has the link sees the product, what was found, parts, measured values and photos, and can answer. The customer is not named."
				)}</p>`,
			},
			{ fieldname: "supplier", fieldtype: "Link", options: "Supplier", label: __("Supplier") },
			{
				fieldname: "email",
				fieldtype: "Data",
				options: "Email",
				label: __("E-mail"),
				description: __("Leave empty to get the link and send it yourself"),
			},
			{ fieldname: "message", fieldtype: "Small Text", label: __("Message"), depends_on: "email" },
		],
		primary_action_label: __("Create Link"),
		primary_action: aftersales.forms.answer(async (args) => {
			const address = await frappe.xcall(
				"aftersales.customer_portal.vendors.cases.share",
				{ ...args, non_conformance: frm.doc.name },
				"POST"
			);
			await frm.reload_doc();
			if (args.email) {
				frappe.show_alert({
					message: __("The link was sent to {0}.", [args.email]),
					indicator: "green",
				});
			} else {
				frappe.utils.copy_to_clipboard(address);
				frappe.msgprint({
					title: __("Link for the Vendor"),
					message: `<p>${__(
						"Copied. Whoever has this link needs no login; it opens this one page."
					)}</p>
						<p><code>${frappe.utils.escape_html(address)}</code></p>`,
				});
			}
		}),
	});
	dialog.show();
}
