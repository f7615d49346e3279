frappe.listview_settings["Service Voucher"] = {
	add_fields: ["status", "billing_status", "planned_start", "planned_end", "outcome"],
	has_indicator_for_draft: 1,
	has_indicator_for_cancelled: 1,
	hide_name_column: true, // the customer's name is the link

	// A phone shows one column: whom to visit, and when.
	formatters: {
		// with the hour, for which the column has room without the year
		planned_start: (value) =>
			aftersales.lists.text(
				value
					? aftersales.written_moment(
							frappe.datetime.convert_to_user_tz(value, false),
							__("ddd D MMM HH:mm")
					  )
					: ""
			),
		customer_name(name, df, doc) {
			if (
				!frappe.is_mobile() ||
				!doc.planned_start ||
				!["Draft", "Dispatched", "On Site"].includes(doc.status)
			) {
				return name;
			}
			const start = frappe.datetime.convert_to_user_tz(doc.planned_start, false);
			const pattern = start.isSame(moment(), "week") ? "ddd HH:mm" : __("D MMM HH:mm");
			return `${aftersales.written_moment(start, pattern)} · ${name}`;
		},
	},

	get_indicator(doc) {
		const late =
			doc.status === "Dispatched" &&
			doc.planned_end &&
			doc.planned_end < frappe.datetime.now_datetime();
		if (late) {
			return [__("Late"), "red", `status,=,Dispatched|planned_end,<,${frappe.datetime.now_datetime()}`];
		}
		const colors = {
			Draft: "gray",
			Dispatched: "blue",
			"On Site": "orange",
			Completed: "green",
			Archived: "darkgrey",
			Cancelled: "red",
		};
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
