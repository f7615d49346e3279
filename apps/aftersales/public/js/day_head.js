// The head of a page that shows a day: which day, company and zone, and the way to the days around it.
frappe.provide("aftersales");

// of: the page it belongs to, with `day`, `go_to(day)`, `load()` and `reload()`; `step(direction)` where an arrow does not lead to the
// next day.
aftersales.DayHead = class DayHead {
	constructor(page, of) {
		this.of = of;
		this.date = page.add_field({
			fieldname: "day",
			fieldtype: "Date",
			label: __("Day"),
			change: () => of.go_to(this.date.get_value()),
		});
		// No default: Frappe sets it a moment later, and would take back a day chosen meanwhile.
		this.date.set_input(of.day);
		const link = (fieldname, options, label) =>
			page.add_field({ fieldname, fieldtype: "Link", options, label, change: () => of.load() });
		this.company = link("company", "Company", __("Company"));
		this.zone = link("zone", "Service Zone", __("Zone"));
		this.$days = $(`
			<nav class="day-head">
				<button class="btn btn-default btn-sm" data-go="-1" aria-label="${__("Day Before")}">‹</button>
				<button class="btn btn-default btn-sm" data-go="0">${__("Today")}</button>
				<button class="btn btn-default btn-sm" data-go="1" aria-label="${__("Next Day")}">›</button>
			</nav>`).appendTo(page.page_form);
		this.$days.on("click", "[data-go]", (event) => this.go(Number(event.currentTarget.dataset.go)));
	}

	go(direction) {
		const next = (direction) =>
			this.of.step?.(direction) ?? frappe.datetime.add_days(this.of.day, direction);
		const day = direction ? next(direction) : frappe.datetime.get_today();
		this.date.set_input(day);
		this.of.go_to(day);
	}

	// What others plan is shown within a second; to be called whenever the page is shown.
	follow() {
		this.soon ||= frappe.utils.debounce(() => this.of.reload(), 500);
		this.on_change ||= (data) => {
			if (["Service Voucher", "Repair Call"].includes(data?.doctype)) this.soon();
		};
		frappe.realtime.doctype_subscribe("Service Voucher");
		frappe.realtime.doctype_subscribe("Repair Call");
		// Lists drop the listeners of others when they are opened.
		frappe.realtime.off("list_update", this.on_change);
		frappe.realtime.on("list_update", this.on_change);
	}

	// What is asked of the server.
	chosen() {
		return {
			day: this.of.day,
			company: this.company.get_value() || null,
			zone: this.zone.get_value() || null,
		};
	}

	// Who sees one company chooses none.
	show_company(rows) {
		const companies = new Set(rows.map((row) => row.company));
		this.company.$wrapper.toggle(companies.size > 1 || !!this.company.get_value());
	}
};
