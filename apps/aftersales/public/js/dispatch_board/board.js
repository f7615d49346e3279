// The dispatch board: a day of all technicians beside the calls that wait for a visit. The server knows who is
// qualified and free, and plans by the Service Voucher's own save; this page shows, asks, and calls.
import { Planning } from "./planning";
import { week_html } from "./week";

export class DispatchBoard extends Planning {
	constructor(wrapper, page) {
		super();
		this.wrapper = wrapper;
		this.page = page;
		this.view = "day";
		this.load_soon = frappe.utils.debounce(() => this.reload(), 500);
		this.on_change = (data) => {
			if (["Service Voucher", "Repair Call"].includes(data?.doctype)) this.load_soon();
		};
		this.make_page();
		setInterval(() => this.reload(), 60000);
	}

	visible() {
		return frappe.get_route()[0] === "dispatch-board" && !document.hidden;
	}

	make_page() {
		const item = (label, action) => aftersales.forms.add_menu_item(this.page, label, action);
		item(__("Reload"), () => this.load());
		item(__("Visit Calendar"), () => frappe.set_route("List", "Service Voucher", "Calendar"));
		item(__("Service Voucher List"), () => frappe.set_route("List", "Service Voucher"));
		this.date = this.page.add_field({
			fieldname: "day",
			fieldtype: "Date",
			label: __("Day"),
			change: () => this.go_to(this.date.get_value()),
		});
		// No default: Frappe sets it a moment later, and would take back a day chosen meanwhile.
		this.date.set_input(this.day);
		this.company = this.page.add_field({
			fieldname: "company",
			fieldtype: "Link",
			options: "Company",
			label: __("Company"),
			change: () => this.load(),
		});
		this.zone = this.page.add_field({
			fieldname: "zone",
			fieldtype: "Link",
			options: "Service Zone",
			label: __("Zone"),
			change: () => this.load(),
		});
		this.$days = $(`
			<nav class="db-days">
				<button class="btn btn-default btn-sm" data-go="-1" aria-label="${__("Day Before")}">‹</button>
				<button class="btn btn-default btn-sm" data-go="0">${__("Today")}</button>
				<button class="btn btn-default btn-sm" data-go="1" aria-label="${__("Next Day")}">›</button>
				<span class="btn-group" role="group" aria-label="${__("View")}">
					<button class="btn btn-default btn-sm" data-view="day">${__("Day")}</button>
					<button class="btn btn-default btn-sm" data-view="week">${__("Week")}</button>
				</span>
				<strong class="db-day"></strong>
			</nav>`).appendTo(this.page.page_form);
		this.$body = $(`
			<div class="dispatch-board">
				<div class="db-panes">
					<section class="db-waiting" aria-label="${__("Waiting for a Visit")}">
						<header>${__("Waiting for a Visit")} <span class="db-count"></span></header>
						<div class="db-calls"></div>
					</section>
					<section class="db-plan" aria-label="${__("Technicians")}"></section>
				</div>
			</div>`).appendTo(this.page.main.addClass("db-main"));
		this.$days.on("click", "[data-go]", (event) => {
			const step = Number(event.currentTarget.dataset.go) * (this.view === "week" ? 7 : 1);
			const day = step ? frappe.datetime.add_days(this.day, step) : frappe.datetime.get_today();
			this.date.set_input(day);
			this.go_to(day);
		});
		this.$days.on("click", "[data-view]", (event) => this.show_view(event.currentTarget.dataset.view));
		this.$body.on("click", "[data-day]", (event) => {
			this.view = "day";
			this.day = event.currentTarget.dataset.day;
			this.date.set_input(this.day);
			this.load();
		});
		this.$body.on("click", "[data-place]", (event) => {
			if (!event.target.closest("a")) this.open(this.things[event.currentTarget.dataset.place]);
		});
		this.listen_to_drags();
	}

	show() {
		frappe.realtime.doctype_subscribe("Service Voucher");
		frappe.realtime.doctype_subscribe("Repair Call");
		// Lists drop the listeners of others when they are opened.
		frappe.realtime.off("list_update", this.on_change);
		frappe.realtime.on("list_update", this.on_change);
		return this.load();
	}

	show_view(view) {
		this.view = view;
		return this.load();
	}

	go_to(day) {
		if (!day || day === this.day) return;
		this.day = day;
		return this.load();
	}

	reload() {
		if (this.visible()) return this.load();
	}

	async load() {
		const asked = (this.asked = {});
		// What is being dragged must not be drawn anew under the hand.
		if (this.dragged) return void (this.outdated = true);
		const { view } = this;
		const board = await frappe.xcall(
			view === "week"
				? "aftersales.field_service.board_week.load"
				: "aftersales.field_service.dispatch_board.load",
			{
				day: this.day,
				company: this.company.get_value() || null,
				zone: this.zone.get_value() || null,
			}
		);
		if (asked !== this.asked) return; // a later question has overtaken this answer
		if (this.dragged) return void (this.outdated = true);
		this.$body.toggleClass("db-week-shown", view === "week");
		this.$days.find("[data-view]").each((_i, button) => {
			const is_shown = button.dataset.view === view;
			$(button).toggleClass("active", is_shown).attr("aria-pressed", is_shown);
		});
		if (view === "week") return this.draw_week(board);
		this.board = board;
		const companies = new Set(board.technicians.map((technician) => technician.company));
		this.company.$wrapper.toggle(companies.size > 1 || !!this.company.get_value());
		this.draw();
	}

	draw_week(week) {
		const first = frappe.datetime.str_to_user(week.days[0].day);
		const last = frappe.datetime.str_to_user(week.days[6].day);
		this.$days.find(".db-day").text(`${first} – ${last}`);
		this.$body.find(".db-plan").html(week_html(week, this));
	}

	draw() {
		this.things = [];
		const { board } = this;
		const held = document.activeElement?.dataset?.name;
		const [first, last] = board.hours;
		this.first = first * 60;
		this.shown = (last - first) * 60;
		this.$days.find(".db-day").text(this.day_in_words());
		this.$body.find(".db-count").text(board.waiting.length + (board.more ? "+" : ""));
		const calls = board.waiting.map((call) => this.call_html(call)).join("");
		this.$body
			.find(".db-calls")
			.html(calls || `<p class="text-muted p-3">${__("No call waits for a visit.")}</p>`);
		this.$body.toggleClass("db-none-waits", !board.waiting.length);
		const hours = [];
		for (let hour = first; hour < last; hour++) hours.push(`<span>${this.clock(hour * 60)}</span>`);
		const rows = board.technicians.map((technician) => this.row_html(technician)).join("");
		this.$body
			.find(".db-plan")
			.html(
				board.technicians.length
					? `<div class="db-hours"><div class="db-who"></div><div class="db-scale">${hours.join(
							""
					  )}</div></div>${rows}`
					: aftersales.forms.empty_html(
							__("There is no active Service Technician that you can see."),
							aftersales.forms.first_technician()
					  )
			);
		// Who moves a visit by keyboard goes on with it
		if (held) this.$body.find(`[data-name="${CSS.escape(held)}"]`).trigger("focus");
	}
}
