// The dispatch board: a day of all technicians beside the calls that wait for a visit. The server knows who is
// qualified and free, and plans by the Service Voucher's own save; this page shows, asks, and calls.
import { draw_grid, listen_to_keys } from "./grid";
import { month_html, month_in_words } from "./month";
import { Planning } from "./planning";
import { week_html } from "./week";

const LOADS = {
	day: "aftersales.field_service.dispatch_board.load",
	week: "aftersales.field_service.board_week.load",
	month: "aftersales.field_service.board.month.load",
};

export class DispatchBoard extends Planning {
	constructor(wrapper, page) {
		super();
		this.wrapper = wrapper;
		this.page = page;
		this.view = "day";
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
		this.head = new aftersales.DayHead(this.page, this);
		this.$days = this.head.$days.append(`
			<span class="btn-group" role="group" aria-label="${__("View")}">
				<button class="btn btn-default btn-sm" data-view="day">${__("Day")}</button>
				<button class="btn btn-default btn-sm" data-view="week">${__("Week")}</button>
				<button class="btn btn-default btn-sm" data-view="month">${__("Month")}</button>
			</span>
			<strong class="db-day"></strong>`);
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
		this.$days.on("click", "[data-view]", (event) => this.show_view(event.currentTarget.dataset.view));
		this.$body.on("click", "[data-day]", (event) => {
			this.view = "day";
			this.day = event.currentTarget.dataset.day;
			this.head.date.set_input(this.day);
			this.load();
		});
		this.$body.on("click", "[data-place]", (event) => {
			if (!event.target.closest("a")) this.open(this.things[event.currentTarget.dataset.place]);
		});
		this.listen_to_drags();
		this.listen_to_undo();
		listen_to_keys(this.$body);
	}

	show() {
		this.head.follow();
		return this.load();
	}

	show_view(view) {
		this.view = view;
		this.month = null;
		return this.load();
	}

	// An arrow leads to the next day, week or month.
	step(direction) {
		if (this.view === "month") return frappe.datetime.add_months(this.day, direction);
		return frappe.datetime.add_days(this.day, direction * (this.view === "week" ? 7 : 1));
	}

	go_to(day) {
		if (!day || day === this.day) return;
		this.day = day;
		return this.load();
	}

	reload() {
		if (this.visible()) return this.load();
	}

	load() {
		return (this.loading = this.fetch());
	}

	async fetch() {
		const asked = (this.asked = {});
		// What is being dragged must not be drawn anew under the hand.
		if (this.dragged) return void (this.outdated = true);
		const { view } = this;
		const board = await frappe.xcall(LOADS[view], this.head.chosen());
		if (asked !== this.asked) return this.loading; // a later question has overtaken this answer
		if (this.dragged) return void (this.outdated = true);
		this.show_which(view);
		this.head.show_company(board.technicians);
		if (view === "week") return this.draw_week(board);
		if (view === "month") return this.draw_month(board);
		this.board = board;
		this.draw();
	}

	show_which(view) {
		this.$body.toggleClass("db-days-shown", view !== "day");
		this.$days.find("[data-view]").each((_i, button) => {
			const is_shown = button.dataset.view === view;
			$(button).toggleClass("active", is_shown).attr("aria-pressed", is_shown);
		});
		const [before, after] =
			view === "day" ? [__("Day Before"), __("Next Day")] : [__("Previous"), __("Next")];
		this.$days.find('[data-go="-1"]').attr("aria-label", before);
		this.$days.find('[data-go="1"]').attr("aria-label", after);
	}

	draw_week(week) {
		const first = frappe.datetime.str_to_user(week.days[0].day);
		const last = frappe.datetime.str_to_user(week.days[6].day);
		this.$days.find(".db-day").text(`${first} – ${last}`);
		draw_grid(this.$body.find(".db-plan"), week_html(week, this));
	}

	draw_month(month) {
		this.$days.find(".db-day").text(month_in_words(month.days[0]));
		const $plan = this.$body.find(".db-plan");
		draw_grid($plan, month_html(month, this));
		// On a phone a month is wider than the screen: it begins with today, and stays where it was moved to
		if (this.month !== month.days[0])
			$plan.find("thead .db-today")[0]?.scrollIntoView({ block: "nearest", inline: "center" });
		this.month = month.days[0];
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
