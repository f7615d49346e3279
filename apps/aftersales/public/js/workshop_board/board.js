// The workshop board: repair cards by stage. The server says which steps a card may take and takes them by
// the card's own actions; this page shows, asks, and calls.
import { card_html, color, left, order, times_html } from "./card_faces";
import { CardPanel } from "./card_panel";
import { filter_fields, filter_of } from "./filters";

export class WorkshopBoard {
	PAGE = 30; // cards put into a column at a time
	STALE = 60000; // ms after which coming back to the page loads it anew

	constructor(wrapper, page) {
		this.wrapper = wrapper;
		this.page = page;
		this.cards = new Map();
		this.changed = new Set();
		this.escape = frappe.utils.escape_html;
		this.fetch_changed = frappe.utils.debounce(() => this.refresh_changed(), 400);
		this.on_change = (data) => {
			if (data?.doctype !== "Repair Card") return;
			this.changed.add(data.name);
			this.fetch_changed();
		};
		this.panel = new CardPanel(this);
		this.make_page();
		this.scanner = new aftersales.TagScanner((code) => this.find(code));
		this.scanner.listen(() => frappe.get_route()[0] === "workshop-board" && !window.cur_dialog?.display);
		setInterval(() => this.visible() && this.render_times(), 60000);
	}

	visible() {
		return frappe.get_route()[0] === "workshop-board";
	}

	// ------------------------------------------------------------------ the page

	make_page() {
		aftersales.forms.set_primary_action(
			this.page,
			__("Scan Tag"),
			() => this.scanner.open_camera(),
			"scan"
		);
		const item = (label, action) => aftersales.forms.add_menu_item(this.page, label, action);
		item(__("Filters"), () => this.wrapper.classList.toggle("wb-filtering"));
		item(__("Reload"), () => this.load());
		item(__("Repair Card List"), () => frappe.set_route("List", "Repair Card"));
		item(__("New Repair Card"), () => frappe.new_doc("Repair Card"));
		const kept = this.kept_filters();
		const add = (df) => {
			const field = this.page.add_field({
				...df,
				default: kept[df.fieldname],
				change: () => this.filter(),
			});
			return field;
		};
		this.fields = {
			find: this.page.add_field({ fieldname: "find", fieldtype: "Data", label: __("Scan or Find") }),
			...Object.fromEntries(filter_fields().map((df) => [df.fieldname, add(df)])),
		};
		this.fields.pressing.$input.attr("aria-label", __("Promise"));
		const $find = this.fields.find.$input;
		$find.on(
			"input",
			frappe.utils.debounce(() => this.render(), 200)
		);
		$find.on("keydown", (event) => {
			if (event.key !== "Enter" || !$find.val().trim()) return;
			event.preventDefault();
			this.find($find.val());
		});
		this.$body = $(`
			<div class="workshop-board">
				<div class="wb-stages" role="tablist"></div>
				<div class="wb-note text-muted" hidden></div>
				<div class="wb-first" hidden></div>
				<div class="wb-columns"></div>
			</div>`).appendTo(this.page.main.addClass("wb-main"));
		this.$columns = this.$body.find(".wb-columns");
		this.$body.on("click", "[data-step]", (event) => {
			const $button = $(event.currentTarget);
			const card = this.cards.get($button.closest("[data-card]").attr("data-card"));
			const step = this.steps_of(card).find((offered) => offered.key === $button.attr("data-step"));
			if (step) this.take(card, step);
		});
		this.$body.on("click", ".wb-open", (event) => {
			if (event.ctrlKey || event.metaKey) return;
			event.preventDefault();
			this.open(this.cards.get($(event.currentTarget).closest("[data-card]").attr("data-card")));
		});
		this.$body.on("click", ".wb-stage", (event) => {
			const column = this.$columns.children()[$(event.currentTarget).index()];
			column.scrollIntoView({ behavior: "smooth", inline: "start", block: "nearest" });
		});
	}

	async show() {
		this.follow_changes();
		const name = frappe.get_route()[1];
		// Who scans a tag wants that card: it is asked for beside the board, not after it.
		const wanted = name && this.find(name);
		if (!this.loaded_at || Date.now() - this.loaded_at > this.STALE) await this.load();
		await wanted;
	}

	async load() {
		const board = await frappe.xcall("aftersales.repair_workshop.board.load");
		this.loaded_at = Date.now();
		this.board = board;
		this.cards = new Map(
			board.cards.map((values) => {
				const card = { at: this.loaded_at };
				board.keys.forEach((key, i) => (card[key] = values[i]));
				return [card.name, card];
			})
		);
		this.$body
			.find(".wb-note")
			.prop("hidden", !board.more)
			.text(__("There are more cards than the board can show. Those received first are here."));
		const companies = new Set([...this.cards.values()].map((card) => card.company));
		this.fields.company.$wrapper.toggle(companies.size > 1);
		this.make_columns();
		this.render();
	}

	// A save anywhere tells which card it was; a burst of saves is one question.
	follow_changes() {
		frappe.realtime.doctype_subscribe("Repair Card");
		// Lists drop the listeners of others when they are opened.
		frappe.realtime.off("list_update", this.on_change);
		frappe.realtime.on("list_update", this.on_change);
	}

	async refresh_changed() {
		if (!this.visible() || !this.board) {
			this.loaded_at = 0; // seen when the user comes back
			return;
		}
		const names = [...this.changed].slice(0, 500);
		this.changed.clear();
		const found = await frappe.xcall("aftersales.repair_workshop.board.cards", { names });
		const fresh = new Map(found.map((card) => [card.name, card]));
		names.forEach((name) => this.put(name, fresh.get(name)));
		this.render();
	}

	put(name, card) {
		if (card) this.cards.set(name, { ...card, at: Date.now() });
		else this.cards.delete(name);
	}

	// ------------------------------------------------------------------ filters

	kept_filters() {
		try {
			return JSON.parse(localStorage.getItem(this.filters_key()) || "{}");
		} catch {
			return {};
		}
	}

	filters_key() {
		return `aftersales-workshop-board:${frappe.boot.sitename}:${frappe.session.user}`;
	}

	filters() {
		const value = (name) => this.fields[name].get_value() || "";
		return {
			technician: value("technician"),
			category: value("category"),
			company: value("company"),
			pressing: value("pressing"),
		};
	}

	filter() {
		const set = Object.values(this.filters()).filter(Boolean).length;
		if (set) this.page.set_indicator(__("Filtered"), "orange");
		else this.page.clear_indicator();
		localStorage.setItem(this.filters_key(), JSON.stringify(this.filters()));
		if (this.board) this.render();
	}

	shown_cards() {
		const words = (this.fields.find.$input.val() || "").toLowerCase().split(/\s+/).filter(Boolean);
		const now = Date.now();
		const fits = filter_of(this.filters(), words, now);
		return [...this.cards.values()].filter(fits).sort((a, b) => order(a, b, now));
	}

	// ------------------------------------------------------------------ columns

	make_columns() {
		this.$columns.empty();
		this.columns = this.board.stages.map(([title, statuses, state], i) => {
			const $column = $(`
				<section class="wb-column" data-stage="${this.escape(title)}" aria-label="${this.escape(__(title))}">
					<header><span class="indicator-pill no-indicator-dot ${color(statuses[0])}">${this.escape(__(title))}</span>
					<span class="wb-count"></span></header>
					<div class="wb-cards"></div>
				</section>`).appendTo(this.$columns);
			const column = {
				title,
				statuses,
				state, // of the administrator's: this column shows its cards alone
				i,
				$column,
				$cards: $column.find(".wb-cards"),
				cards: [],
				put: 0,
			};
			$column.find(".wb-cards").on("scroll", () => this.fill(column));
			this.make_draggable(column);
			return column;
		});
		this.$body
			.find(".wb-stages")
			.html(
				this.columns
					.map(
						({ title }) =>
							`<button class="wb-stage btn btn-default btn-xs" role="tab">${this.escape(
								__(title)
							)} <span></span></button>`
					)
					.join("")
			);
	}

	render() {
		// What is held must not be put away under the hand: it would be a drag that nobody sees. Letting go renders.
		this.put_off = Boolean(this.held || this.dragging);
		if (!this.columns || this.put_off) return;
		const [by_status, by_state] = [new Map(), new Map()];
		this.columns.forEach((column) => {
			column.cards = [];
			if (column.state) by_state.set(column.state, column);
			else column.statuses.forEach((status) => by_status.set(status, column));
		});
		this.shown_cards().forEach((card) =>
			(by_state.get(card.workflow_state) || by_status.get(card.status))?.cards.push(card)
		);
		const $stages = this.$body.find(".wb-stage span");
		this.columns.forEach((column) => {
			const late = column.cards.filter((card) => card.left !== null && left(card) < 0).length;
			column.$column
				.find(".wb-count")
				.html(
					`${column.cards.length}${
						late ? ` · <span class="text-danger">${__("{0} late", [late])}</span>` : ""
					}`
				);
			column.$column.toggleClass("wb-empty", !column.cards.length);
			$stages
				.eq(column.i)
				.text(column.cards.length)
				.toggleClass("text-danger", late > 0);
			const top = column.$cards.scrollTop();
			const put = Math.max(column.put, this.PAGE);
			column.put = 0;
			column.$cards.empty();
			this.fill(column, put);
			column.$cards.scrollTop(top);
		});
		this.$body
			.find(".wb-first")
			.prop("hidden", this.cards.size > 0)
			.html(
				this.cards.size
					? ""
					: aftersales.forms.empty_html(
							__(
								"No product is in the workshop. Take one in with a receipt that the customer signs."
							),
							[
								[
									__("New Collection Receipt"),
									"new/Collection Receipt",
									() => frappe.model.can_create("Collection Receipt"),
								],
								[
									__("New Repair Card"),
									"new/Repair Card",
									() => frappe.model.can_create("Repair Card"),
								],
							]
					  )
			);
		this.$columns.prop("hidden", !this.cards.size);
		this.panel.refresh();
	}

	// Puts the next cards into a column whose end has come into sight.
	fill(column, many = this.PAGE) {
		const box = column.$cards[0];
		const at_end = box.scrollTop + box.clientHeight > box.scrollHeight - 400;
		if (column.put && (!at_end || column.put >= column.cards.length)) return;
		const next = column.cards.slice(column.put, column.put + many);
		box.insertAdjacentHTML(
			"beforeend",
			next.map((card) => card_html(card, this.steps_of(card)[0])).join("")
		);
		column.put += next.length;
	}

	render_times() {
		this.$columns.find("[data-card]").each((_i, element) => {
			const card = this.cards.get(element.dataset.card);
			if (card) $(element).find(".wb-times").replaceWith(times_html(card));
		});
	}

	// ------------------------------------------------------------------ steps

	steps_of(card) {
		const place = this.board.workflow ? card.workflow_state : card.status;
		return this.board.steps[`${place}|${card.docstatus}|${card.verified ? 1 : 0}`] || [];
	}

	make_draggable(column) {
		Sortable.create(column.$cards[0], {
			group: "workshop-board",
			sort: false,
			draggable: ".wb-card",
			filter: "button, a",
			preventOnFilter: false,
			delay: 250,
			delayOnTouchOnly: true,
			animation: 120,
			onChoose: () => (this.held = true),
			onUnchoose: () => {
				this.held = false;
				if (this.put_off && !this.dragging) this.render();
			},
			onStart: (event) => {
				this.dragging = true;
				this.mark_targets(this.cards.get(event.item.dataset.card));
			},
			onEnd: (event) => {
				this.dragging = false;
				this.$columns.children().removeClass("wb-target wb-no-target");
				const card = this.cards.get(event.item.dataset.card);
				const target = this.columns.find((other) => other.$cards[0] === event.to);
				this.render(); // a card moves when the server says so
				if (target && event.to !== event.from) this.drop(card, target);
			},
		});
	}

	leads_to(step, column) {
		const state = step.key.includes(">") ? step.key.split(">").pop() : null;
		const own = this.columns.some((other) => other.state && other.state === state);
		if (column.state || own) return column.state === state;
		return column.statuses.includes(step.to) || column.title === step.to;
	}

	mark_targets(card) {
		const steps = this.steps_of(card);
		this.columns.forEach((column) => {
			const own = column.cards.includes(card);
			const reached = steps.some((step) => this.leads_to(step, column));
			column.$column.toggleClass("wb-target", reached).toggleClass("wb-no-target", !reached && !own);
		});
	}

	drop(card, column) {
		const step = this.steps_of(card).find((offered) => this.leads_to(offered, column));
		if (step) return this.take(card, step);
		frappe.show_alert({
			message: __("{0} cannot go from {1} to {2} in one step.", [
				this.escape(card.name),
				__(card.status),
				__(column.title),
			]),
			indicator: "orange",
		});
	}

	async take(card, step) {
		if (step.question && !step.asks.length && !(await aftersales.board_steps.confirm(card, step))) return;
		const values = step.asks.length
			? await aftersales.board_steps.ask(card, step, this.board.channels)
			: {};
		if (!values) return;
		await this.change(card, "aftersales.repair_workshop.board.advance", {
			name: card.name,
			step: step.key,
			seen_status: card.status,
			values,
		});
	}

	async change(card, method, args) {
		if (this.busy === card.name) return;
		this.busy = card.name;
		let refused = false;
		try {
			const fresh = await frappe.xcall(method, args, "POST", { freeze: true });
			const left = !fresh || fresh.left;
			this.put(card.name, left ? null : fresh);
			frappe.show_alert({
				message: fresh
					? __("{0} is in {1}", [this.escape(card.name), this.escape(__(fresh.status))])
					: __("{0} is no longer on the board", [this.escape(card.name)]),
				indicator: fresh ? "green" : "orange",
			});
		} catch {
			refused = true; // the server's message is shown already
		} finally {
			this.busy = null;
		}
		if (!refused) return this.render();
		this.changed.add(card.name); // somebody else may have moved it
		await this.refresh_changed();
	}

	// ------------------------------------------------------------------ one card

	// Opens what a code stands for: its card here, or another document in its form.
	async find(code) {
		this.fields.find.set_input("");
		let found;
		try {
			found = await frappe.xcall("aftersales.repair_workshop.board.look_up", { code });
		} catch {
			return;
		}
		if (!found.card) return frappe.set_route("Form", found.doctype, found.name);
		if (!this.board) await this.load();
		this.put(found.card.name, found.card);
		this.open(this.cards.get(found.card.name));
		this.render();
	}

	open(card) {
		this.panel.show(card);
	}
}
