// The workshop board: repair cards by stage. The server says which steps a card may take and takes them by
// the card's own actions; this page shows, asks, and calls.
frappe.pages["workshop-board"].on_page_load = async function (wrapper) {
	// The page first: version 16 writes title and breadcrumbs before anything that is waited for
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("Workshop Board"),
		single_column: true,
	});
	await frappe.require("tag_scanner.bundle.js");
	wrapper.board = new aftersales.WorkshopBoard(wrapper, page);
	wrapper.board.show();
};

frappe.pages["workshop-board"].on_page_show = function (wrapper) {
	wrapper.board?.show();
};

frappe.provide("aftersales");

aftersales.WorkshopBoard = class WorkshopBoard {
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
			technician: add({
				fieldname: "technician",
				fieldtype: "Link",
				options: "Service Technician",
				label: __("Technician"),
			}),
			category: add({
				fieldname: "category",
				fieldtype: "Link",
				options: "Service Category",
				label: __("Service Category"),
			}),
			company: add({
				fieldname: "company",
				fieldtype: "Link",
				options: "Company",
				label: __("Company"),
			}),
			pressing: add({
				fieldname: "pressing",
				fieldtype: "Select",
				label: __("Promise"),
				options: [
					{ value: "", label: __("Any Promise") },
					{ value: "late", label: __("Late") },
					{ value: "today", label: __("Late or within 24 h") },
					{ value: "none", label: __("Nothing Promised") },
				],
			}),
		};
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
		const { technician, category, company, pressing } = this.filters();
		const words = (this.fields.find.$input.val() || "").toLowerCase().split(/\s+/).filter(Boolean);
		const now = Date.now();
		const fits = (card) => {
			const left = this.left(card, now);
			const text = [card.name, card.customer_name, card.product, card.fault, card.assigned_technician]
				.join(" ")
				.toLowerCase();
			return (
				(!technician || card.assigned_technician === technician || card.working === technician) &&
				(!category || card.service_category === category) &&
				(!company || card.company === company) &&
				(!pressing ||
					(pressing === "none" && left === null) ||
					(pressing === "late" && left !== null && left < 0) ||
					(pressing === "today" && left !== null && left < 86400)) &&
				words.every((word) => text.includes(word))
			);
		};
		return [...this.cards.values()].filter(fits).sort((a, b) => this.order(a, b, now));
	}

	order(a, b, now) {
		const [left_a, left_b] = [this.left(a, now), this.left(b, now)];
		if ((left_a === null) !== (left_b === null)) return left_a === null ? 1 : -1;
		return (left_a || 0) - (left_b || 0) || this.age(b, "age", now) - this.age(a, "age", now);
	}

	left(card, now = Date.now()) {
		return card.left === null ? null : card.left - (now - card.at) / 1000;
	}

	age(card, key, now = Date.now()) {
		return card[key] + (now - card.at) / 1000;
	}

	// ------------------------------------------------------------------ columns

	make_columns() {
		this.$columns.empty();
		this.columns = this.board.stages.map(([title, statuses, state], i) => {
			const $column = $(`
				<section class="wb-column" data-stage="${this.escape(title)}" aria-label="${this.escape(__(title))}">
					<header><span class="indicator-pill no-indicator-dot ${this.color(statuses[0])}">${this.escape(
				__(title)
			)}</span>
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

	color(status) {
		return (
			{
				Received: "gray",
				Diagnosing: "blue",
				"Awaiting Approval": "orange",
				Approved: "cyan",
				"Awaiting Parts": "yellow",
				"In Repair": "blue",
				"Quality Check": "purple",
				Ready: "green",
			}[status] || "red"
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
			const late = column.cards.filter((card) => card.left !== null && this.left(card) < 0).length;
			column.$column
				.find(".wb-count")
				.html(
					`${column.cards.length}${
						late ? ` <span class="text-danger">${__("{0} late", [late])}</span>` : ""
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
		if (this.panel?.display) this.render_panel();
	}

	// Puts the next cards into a column whose end has come into sight.
	fill(column, many = this.PAGE) {
		const box = column.$cards[0];
		const at_end = box.scrollTop + box.clientHeight > box.scrollHeight - 400;
		if (column.put && (!at_end || column.put >= column.cards.length)) return;
		const next = column.cards.slice(column.put, column.put + many);
		box.insertAdjacentHTML("beforeend", next.map((card) => this.card_html(card)).join(""));
		column.put += next.length;
	}

	render_times() {
		this.$columns.find("[data-card]").each((_i, element) => {
			const card = this.cards.get(element.dataset.card);
			if (card) $(element).find(".wb-times").replaceWith(this.times_html(card));
		});
	}

	card_html(card) {
		const e = this.escape;
		const [first] = this.steps_of(card);
		const who = card.working || card.assigned_technician || "";
		return `
			<article class="wb-card ${this.urgency(card)}" data-card="${e(card.name)}">
				<div class="wb-line"><a class="wb-open" href="${frappe.utils.get_form_link("Repair Card", card.name)}">${e(
			card.name
		)}</a>${
			card.priority === "Emergency"
				? `<span class="indicator-pill red no-indicator-dot">${__("Emergency")}</span>`
				: `<span class="text-muted">${e(card.category || "")}</span>`
		}</div>
				<div class="wb-product">${e(card.product || __("Product without a file"))}</div>
				<div class="wb-who text-muted">${e([card.customer_name, card.fault].filter(Boolean).join(" · "))}</div>
				<div class="wb-waiting">${card.working ? '<span class="wb-pulse"></span>' : ""}${e(card.waiting)}</div>
				${this.times_html(card)}
				<div class="wb-foot"><span class="wb-technician" title="${e(who)}">${e(frappe.get_abbr(who))}</span>${
			first
				? `<button class="btn btn-default btn-xs" data-step="${e(first.key)}">${e(
						first.label
				  )}</button>`
				: ""
		}</div>
			</article>`;
	}

	times_html(card) {
		const left = this.left(card);
		const promise =
			left === null
				? `<span class="text-muted">${__("nothing promised")}</span>`
				: left < 0
				? `<span class="text-danger">${__("{0} late", [this.words(left)])}</span>`
				: `<span class="${left < 86400 ? "text-warning" : "text-muted"}">${__("{0} left", [
						this.words(left),
				  ])}</span>`;
		const title = __("in this stage for {0}, with us for {1}", [
			this.words(this.age(card, "in_stage")),
			this.words(this.age(card, "age")),
		]);
		const here = __("{0} here", [this.words(this.age(card, "in_stage"))]);
		return `<div class="wb-times" title="${this.escape(title)}"><span>${here}</span>${promise}</div>`;
	}

	urgency(card) {
		const left = this.left(card);
		if (left === null) return "";
		return left < 0 ? "wb-late" : left < 86400 ? "wb-soon" : "";
	}

	words(seconds) {
		const minutes = Math.floor(Math.abs(seconds) / 60);
		if (minutes >= 1440) return __("{0} d", [Math.floor(minutes / 1440)]);
		if (minutes >= 60) return __("{0} h", [Math.floor(minutes / 60)]);
		return __("{0} min", [minutes]);
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
		this.panel = this.panel || this.make_panel();
		this.in_panel = card.name;
		this.render_panel();
		this.panel.show();
	}

	make_panel() {
		const dialog = new frappe.ui.Dialog({
			title: "",
			fields: [{ fieldtype: "HTML", fieldname: "card" }],
			secondary_action_label: __("Open Card"),
			secondary_action: () => {
				dialog.hide();
				frappe.set_route("Form", "Repair Card", this.in_panel);
			},
		});
		dialog.$wrapper.addClass("wb-panel");
		dialog.$wrapper.on("click", "[data-step]", (event) => {
			const card = this.cards.get(this.in_panel);
			const step = this.steps_of(card).find(
				(one) => one.key === $(event.currentTarget).attr("data-step")
			);
			if (step) this.take(card, step);
		});
		dialog.$wrapper.on("click", "[data-clock]", (event) =>
			this.change(this.cards.get(this.in_panel), "aftersales.repair_workshop.board.clock", {
				name: this.in_panel,
				start: $(event.currentTarget).attr("data-clock"),
			})
		);
		return dialog;
	}

	render_panel() {
		const e = this.escape;
		const card = this.cards.get(this.in_panel);
		if (!card) return this.panel.hide();
		this.panel.set_title(card.name);
		const line = (label, value) => (value ? `<tr><td>${label}</td><td>${e(value)}</td></tr>` : "");
		const left = this.left(card);
		const promise =
			left !== null &&
			(left < 0 ? __("{0} late", [this.words(left)]) : __("{0} left", [this.words(left)]));
		const steps = this.steps_of(card)
			.map(
				(step, i) =>
					`<button class="btn btn-lg ${i ? "btn-default" : "btn-primary"}" data-step="${e(
						step.key
					)}">${e(step.label)}</button>`
			)
			.join("");
		this.panel.get_field("card").$wrapper.html(`
			<div class="wb-panel-head">
				<span class="indicator-pill ${this.color(card.status)}">${e(__(card.status))}</span>
				<strong>${e(card.product || __("Product without a file"))}</strong>
			</div>
			<table class="wb-facts">
				${line(__("Customer"), card.customer_name)}
				${line(__("Fault"), card.fault)}
				${line(__("Waiting for"), card.waiting)}
				${line(__("Technician"), card.assigned_technician)}
				${line(__("Promised Return"), promise)}
				${line(__("In This Stage"), this.words(this.age(card, "in_stage")))}
				${line(__("With Us"), this.words(this.age(card, "age")))}
			</table>
			<div class="wb-steps">${this.clock_html(card)}${steps}</div>`);
	}

	// A technician starts and stops their own work on the card they have scanned.
	clock_html(card) {
		if (!this.board.own_technicians.length || card.docstatus) return "";
		const mine = (card.working || "")
			.split(", ")
			.some((name) => this.board.own_technicians.includes(name));
		if (mine) return `<button class="btn btn-lg btn-danger" data-clock="0">${__("Stop Work")}</button>`;
		const open = ["Received", "Diagnosing", "Approved", "Awaiting Parts", "In Repair", "Quality Check"];
		return open.includes(card.status)
			? `<button class="btn btn-lg btn-default" data-clock="1">${__("Start Work")}</button>`
			: "";
	}
};
