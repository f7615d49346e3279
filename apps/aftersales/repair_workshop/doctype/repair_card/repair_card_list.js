frappe.listview_settings["Repair Card"] = {
	add_fields: ["status", "promised_return", "approval_status", "billing_status"],
	has_indicator_for_draft: 1,
	has_indicator_for_cancelled: 1,
	hide_name_column: true, // the customer's name is the link

	get_indicator(doc) {
		const colors = {
			Received: "gray",
			Diagnosing: "blue",
			"Awaiting Approval": "orange",
			Approved: "cyan",
			"Awaiting Parts": "yellow",
			"In Repair": "blue",
			"Quality Check": "purple",
			Ready: "green",
			Returned: "darkgrey",
			"Not Repairable": "red",
			Declined: "red",
			Cancelled: "red",
		};
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},

	formatters: {
		promised_return(value, field, doc) {
			if (!value) return aftersales.lists.text("");
			const promised = frappe.datetime.convert_to_user_tz(value, false);
			const shown = aftersales.written_moment(promised, __("ddd D MMM HH:mm"));
			const late =
				value < frappe.datetime.now_datetime() && !["Returned", "Cancelled"].includes(doc.status);
			return aftersales.lists.text(shown, late ? 'class="text-danger"' : "");
		},
	},
};
