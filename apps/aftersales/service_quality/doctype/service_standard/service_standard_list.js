frappe.listview_settings["Service Standard"] = {
	hide_name_column: true, // the title is the name
	add_fields: ["disabled", "published"],
	get_indicator(doc) {
		if (doc.disabled) return [__("Disabled"), "gray", "disabled,=,1"];
		return doc.published
			? [__("Published"), "green", "published,=,1|disabled,=,0"]
			: [__("Internal"), "blue", "published,=,0|disabled,=,0"];
	},

	onload(listview) {
		if (frappe.user.has_role(["Service Manager", "System Manager"])) {
			aftersales.forms.add_page_button(listview.page, __("Install a Set"), () => choose_set(listview));
		}
		aftersales.forms.add_page_button(listview.page, __("Page of Our Standards"), () =>
			window.open("/aftersales/standards")
		);
	},
};

async function choose_set(listview) {
	const sets = await frappe.xcall("aftersales.service_quality.standards.sets.available");
	const escape = frappe.utils.escape_html;
	const dialog = new frappe.ui.Dialog({
		title: __("Install a Set of Standards"),
		fields: [
			{
				fieldname: "key",
				label: __("Set", null, "After-sales"),
				fieldtype: "Select",
				reqd: 1,
				default: sets[0].key,
				options: sets.map((set) => ({ value: set.key, label: set.title })),
				onchange: () => describe(),
			},
			{ fieldname: "about", fieldtype: "HTML" },
		],
		primary_action_label: __("Install"),
		primary_action: aftersales.forms.answer(async ({ key }) => {
			const done = await frappe.xcall(
				"aftersales.service_quality.standards.sets.install",
				{ key },
				"POST",
				{
					freeze: true,
				}
			);
			const parts = Object.entries(done).map(([doctype, number]) => `${__(doctype)}: ${number}`);
			frappe.show_alert({
				message: parts.length ? parts.join(", ") : __("All of it was there already."),
				indicator: "green",
			});
			listview.refresh();
		}),
	});
	const describe = () => {
		const set = sets.find((one) => one.key === dialog.get_value("key")) || sets[0];
		const count = __("{0} standards, {1} of them installed.", [set.standards, set.installed]);
		dialog
			.get_field("about")
			.$wrapper.html(`<p>${escape(set.description)}</p><p class="text-muted">${escape(count)}</p>`);
	};
	dialog.show();
	describe();
}
