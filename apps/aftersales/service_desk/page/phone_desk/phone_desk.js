// The phone desk: one page for the call on the line. It shows what the server knows and suggests, and sends
// what the agent typed; nothing is decided here. Every step works from the keyboard.
frappe.provide("aftersales");

frappe.pages["phone-desk"].on_page_load = (wrapper) => {
	wrapper.phone_desk = new aftersales.PhoneDesk(wrapper);
};
frappe.pages["phone-desk"].on_page_show = (wrapper) => wrapper.phone_desk.open();

const SERVER = "aftersales.service_desk.phone_desk";
const HAZARDS = ["", "Water Leak", "Electric Leakage", "Gas", "Fire", "Injury", "Other"];
const OTHER_PRODUCT = "+";
const SOLD = "serial:"; // before the Serial No of a product that ERPNext sold and that has no file yet
const NEW_CUSTOMER = { is_new: true };

aftersales.PhoneDesk = class {
	constructor(wrapper) {
		this.page = frappe.ui.make_app_page({
			parent: wrapper,
			title: __("Phone Desk"),
			single_column: true,
		});
		this.$root = $(frappe.render_template("phone_desk")).appendTo(this.page.main);
		this.$ = (selector) => this.$root.find(selector);
		this.make_symptom();
		this.product_group = aftersales.forms.product_group(this.$(".pd-group"), () => this.look_soon());
		this.fill_choices();
		this.bind();
		this.clear();
	}

	make_symptom() {
		this.symptom = frappe.ui.form.make_control({
			parent: this.$(".pd-symptom"),
			df: {
				fieldtype: "Link",
				fieldname: "symptom_code",
				options: "Fault Code",
				label: __("Symptom"),
				get_query: () => ({ filters: { kind: "Symptom", disabled: 0 } }),
				change: () => this.look_soon(),
			},
			render_input: true,
		});
		this.symptom.$input.attr("aria-label", __("Symptom"));
	}

	async fill_choices() {
		const option = (value, label) => $("<option>").val(value).text(label);
		const hazards = HAZARDS.map((hazard) => option(hazard, hazard ? __(hazard) : __("None")));
		this.$("#pd-hazard").append(hazards);
		const types = await frappe.db.get_list("Service Request Type", {
			filters: { disabled: 0 },
			fields: ["name"],
			order_by: "name asc",
			limit: 0,
		});
		this.$("#pd-type")
			.append(option("", __("As usual")))
			.append(types.map(({ name }) => option(name, __(name))));
		this.fill_referrals();
	}

	// what was said before is offered, so that one source is not written in five ways
	async fill_referrals() {
		for (const referral of await frappe.xcall(`${SERVER}.known_referrals`))
			this.$("#pd-referrals").append($("<option>").val(referral));
	}

	bind() {
		const search = this.$("#pd-search");
		search.on(
			"input",
			frappe.utils.debounce(() => this.search(), 150)
		);
		search.on("keydown", (event) => this.move_in_list(event));
		search.on("blur", () => setTimeout(() => this.show_found([]), 200));
		this.$("#pd-found").on("mousedown", "li", (event) => {
			event.preventDefault();
			this.choose(this.found[$(event.currentTarget).index()]);
		});
		this.$("#pd-product").on("change", () => this.product_chosen());
		this.$("#pd-hazard, #pd-type, #pd-phone, #pd-serial, #pd-brand").on("change", () => this.look_soon());
		this.$(".pd-register").on("click", () => this.register());
		this.$(".pd-solved").on("click", () => this.solved());
		this.$(".pd-clear").on("click", () => this.clear());
		this.$root.on("keydown", (event) => this.shortcut(event));
		this.look_soon = frappe.utils.debounce(() => this.look(), 250);
	}

	shortcut(event) {
		const act = {
			F2: event.shiftKey ? () => this.clear() : () => this.focus(),
			F4: () => this.next_window(),
			Enter:
				(event.ctrlKey || event.metaKey) &&
				(() => (event.shiftKey ? this.solved() : this.register())),
		}[event.key];
		if (!act) return;
		event.preventDefault();
		event.stopPropagation();
		act();
	}

	// Any telephone system opens /app/phone-desk?phone=<number>, or ?call_log=<name of the Call Log>.
	async open() {
		const { phone, call_log } = frappe.route_options || {};
		frappe.route_options = null;
		if (!phone && !call_log) return this.focus();
		this.clear();
		let number = phone;
		if (call_log) {
			const line = await frappe.xcall(`${SERVER}.on_the_line`, { call_log });
			if (line.call) return frappe.set_route("Form", "Repair Call", line.call);
			this.call_log = line.call_log;
			number = line.phone;
		}
		// "+" of an address is a space by the rules of addresses
		const typed = String(number || "").replace(/^ (?=\d)/, "+");
		this.$("#pd-search").val(typed);
		this.$("#pd-phone").val(typed);
		await this.search();
		this.focus();
	}

	focus = () => this.$("#pd-search").trigger("focus").trigger("select");

	clear() {
		this.entry_key = frappe.utils.get_random(20);
		this.call_log = null;
		this.customer = null;
		this.part = null;
		this.ownership_reason = "";
		this.preview = {};
		this.asked = (this.asked || 0) + 1; // what is still on its way is about the entry before
		this.$("input[type=text], input[type=tel], input[type=email], textarea").val("");
		this.$("#pd-hazard, #pd-type").val("");
		this.symptom.set_input("");
		this.symptom.value = null;
		this.product_group.set_input("");
		this.product_group.value = null;
		this.fill_products([]);
		this.$(".pd-new-customer, .pd-solution").prop("hidden", true);
		this.forget_facts();
		this.show_found([]);
		this.focus();
	}

	forget_facts() {
		this.$(".pd-customer, .pd-known, .pd-windows, .pd-history").empty().prop("hidden", true);
		this.$(".pd-hint").prop("hidden", false);
	}

	// ------------------------------------------------------------ who is calling

	async search() {
		const text = this.$("#pd-search").val().trim();
		const turn = (this.turn = (this.turn || 0) + 1);
		if (text.length < 2) return this.show_found([]);
		const found = await frappe.xcall(`${SERVER}.search`, { text });
		if (turn !== this.turn || text !== this.$("#pd-search").val().trim()) return;
		if (frappe.model.can_create("Customer")) found.push(NEW_CUSTOMER);
		this.show_found(found);
	}

	show_found(found) {
		this.found = found;
		const $list = this.$("#pd-found").empty().prop("hidden", !found.length);
		this.$("#pd-search").attr("aria-expanded", Boolean(found.length));
		found.forEach((row, index) => {
			const $row = $('<li role="option">')
				.attr({ id: `pd-found-${index}` })
				.appendTo($list);
			const [who, what] = row.is_new
				? [__("New customer"), this.$("#pd-search").val()]
				: [row.customer_name, this.told_of(row)];
			$("<span>").text(who).appendTo($row);
			$('<span class="pd-what">').text(what).appendTo($row);
		});
		this.mark(0);
	}

	told_of(row) {
		const { product, serial } = row;
		if (row.serial_no) return `${product} (${serial}) · ${__("sold, no product file yet")}`;
		if (row.part_serial_no) return `${product} · ${__("part {0} ({1})", [row.part, row.part_serial_no])}`;
		const parts = row.equipment
			? [product, (product || "").includes(serial) ? null : serial]
			: [row.contact_name, row.contact_phone || row.phone];
		return parts.filter(Boolean).join(" · ");
	}

	mark(place) {
		this.marked = place;
		const $rows = this.$("#pd-found li").attr("aria-selected", "false");
		const $row = $rows.eq(place).attr("aria-selected", "true");
		this.$("#pd-search").attr("aria-activedescendant", $row.attr("id") || "");
		if ($row.length) $row[0].scrollIntoView({ block: "nearest" });
	}

	move_in_list(event) {
		if (!this.found.length || event.ctrlKey) return;
		const last = this.found.length - 1;
		const act = {
			ArrowDown: () => this.mark(Math.min(this.marked + 1, last)),
			ArrowUp: () => this.mark(Math.max(this.marked - 1, 0)),
			Enter: () => this.choose(this.found[this.marked]),
			Escape: () => this.show_found([]),
		}[event.key];
		if (!act) return;
		event.preventDefault();
		event.stopPropagation();
		act();
	}

	async choose(row) {
		const typed = this.$("#pd-search").val().trim();
		this.show_found([]);
		this.turn += 1;
		this.$(".pd-done").prop("hidden", true);
		if (row.is_new) return this.new_customer(typed);
		const turn = (this.asked += 1);
		const known = await frappe.xcall(`${SERVER}.about_customer`, { customer: row.customer });
		if (turn !== this.asked) return;
		this.customer = known;
		this.part = row.part_serial_no ? { equipment: row.equipment, serial_no: row.part_serial_no } : null;
		this.ownership_reason = "";
		this.$(".pd-new-customer").prop("hidden", true);
		this.show_customer();
		this.$("#pd-contact").val(row.contact_name || known.contact_name || "");
		this.$("#pd-phone").val(row.contact_phone || row.phone || known.contact_phone || "");
		this.fill_products(known.products, row.equipment, row);
		this.show_history();
		this.look();
		const is_chosen = row.equipment || row.serial_no;
		this.$(known.products.length > 1 && !is_chosen ? "#pd-product" : "#pd-subject").trigger("focus");
	}

	new_customer(typed) {
		this.customer = null;
		this.part = null;
		this.ownership_reason = "";
		this.asked += 1;
		this.forget_facts();
		this.$(".pd-new-customer").prop("hidden", false);
		// "Mary Byrne 087 1234567": the name, and the number that ends it
		const [, name, phone] = /^(.*?)\s*(\+?[\d()][\d\s()./-]{5,})?$/.exec(typed.trim());
		this.$("#pd-phone").val(phone || "");
		this.$("#pd-contact").val(phone && name ? name : "");
		this.$("#pd-new-name").val(name).trigger("focus");
		this.fill_products([]);
		this.look();
	}

	show_customer() {
		const { customer, customer_name, customer_group, note } = this.customer;
		const $who = this.$(".pd-customer").empty().prop("hidden", false);
		$("<strong>").text(customer_name).appendTo($who);
		$who.append($('<span class="text-muted">').text(customer_group || ""));
		$('<a tabindex="-1">')
			.attr("href", frappe.utils.get_form_link("Customer", customer))
			.text(__("Show"))
			.appendTo($who);
		if (note) $('<div class="pd-note text-muted">').text(note).appendTo($who);
	}

	// ------------------------------------------------------------ which product

	// A product that only ERPNext knows stands among them, chosen: registering the call opens its file.
	fill_products(products, chosen, sold = {}) {
		const $select = this.$("#pd-product").empty();
		const option = (value, label) => $("<option>").val(value).text(label).appendTo($select);
		option("", __("Not known"));
		products.forEach((product) => option(product.name, product.title));
		option(OTHER_PRODUCT, __("Another product…"));
		if (sold.serial_no) {
			chosen = SOLD + sold.serial_no;
			option(chosen, __("{0} ({1}), opens a product file", [sold.product, sold.serial_no]));
		}
		$select.val(chosen || (products.length === 1 ? products[0].name : ""));
		this.$(".pd-new-product").prop("hidden", true);
	}

	product_chosen() {
		const is_other = this.$("#pd-product").val() === OTHER_PRODUCT;
		this.$(".pd-new-product").prop("hidden", !is_other);
		if (is_other) this.$("#pd-brand").trigger("focus");
		this.ownership_reason = "";
		this.look();
	}

	// ------------------------------------------------------------ what is known of it

	values() {
		const product = this.$("#pd-product").val();
		const is_other = product === OTHER_PRODUCT;
		const is_sold = (product || "").startsWith(SOLD);
		const notes = this.$("#pd-notes").val().trim();
		return {
			customer: this.customer && this.customer.customer,
			contact_name: this.$("#pd-contact").val().trim(),
			contact_phone: this.$("#pd-phone").val().trim(),
			contact_email: this.customer
				? this.customer.contact_email
				: this.$("#pd-email").val().trim() || null,
			equipment: is_other || is_sold ? null : product,
			serial_no: is_sold ? product.slice(SOLD.length) : null,
			brand: is_other ? this.$("#pd-brand").val().trim() : null,
			model: is_other ? this.$("#pd-model").val().trim() : null,
			serial_text: is_other ? this.$("#pd-serial").val().trim() : null,
			item_group: (is_other && this.product_group.get_value()) || null,
			part_serial_no: this.part && this.part.equipment === product ? this.part.serial_no : null,
			ownership_reason: (this.ownership_reason || "").trim() || null,
			subject: this.$("#pd-subject").val().trim(),
			symptom_code: this.symptom.get_value(),
			hazard: this.$("#pd-hazard").val(),
			request_type: this.$("#pd-type").val(),
			referral: this.customer ? null : this.$("#pd-referral").val().trim(),
			description: notes && frappe.utils.escape_html(notes).replace(/\n/g, "<br>"),
		};
	}

	async look() {
		if (!this.customer && this.$(".pd-new-customer").prop("hidden")) return;
		const turn = (this.asked += 1);
		const preview = await frappe.xcall(`${SERVER}.preview`, { values: this.values() });
		if (turn !== this.asked) return;
		this.preview = preview;
		this.$(".pd-hint").prop("hidden", true);
		this.show_known();
		this.show_windows();
	}

	show_known() {
		const { preview } = this;
		const $known = this.$(".pd-known").empty().prop("hidden", false);
		const $pills = $('<div class="pd-pills">').appendTo($known);
		const pill = (text, color) =>
			text && $(`<span class="indicator-pill no-indicator-dot ${color}">`).text(text).appendTo($pills);
		const until = preview.coverage_until ? frappe.datetime.str_to_user(preview.coverage_until) : "";
		const covered = !["None", "Unknown"].includes(preview.coverage);
		pill(
			covered
				? __("{0} until {1}", [__(preview.coverage), until])
				: preview.coverage === "None"
				? __("Warranty ended on {0}", [until])
				: __("Coverage unknown"),
			covered ? "green" : preview.coverage === "None" ? "yellow" : "gray"
		);
		pill(preview.service_category && __("Category {0}", [preview.service_category]), "blue");
		pill(__(preview.priority || ""), this.$("#pd-hazard").val() ? "red" : "gray");
		pill(preview.service_zone, "gray");
		$('<div class="pd-why text-muted mt-2">')
			.text(preview.coverage_reason || "")
			.appendTo($known);
		this.ask_about_owner($known);
		$('<div class="pd-prices mt-2">')
			.html(aftersales.service_prices.html(preview.prices))
			.appendTo($known);
		if (preview.service_address_display) {
			$('<div class="text-muted mt-2">')
				.text(preview.service_address_display.replace(/\n/g, ", "))
				.appendTo($known);
		}
		const alert = (before, names) => {
			const $alert = $('<div class="pd-alert">').text(`${before} `).appendTo($known);
			names.forEach(([name, text]) => {
				$('<a tabindex="-1" target="_blank">')
					.attr("href", frappe.utils.get_form_link("Repair Call", name))
					.text(name)
					.appendTo($alert);
				$("<span>").text(` ${text} `).appendTo($alert);
			});
		};
		if (preview.open.length) {
			alert(
				__("Open already:"),
				preview.open.map((call) => [
					call.name,
					`${call.subject} (${__(call.status)}, ${call.because})`,
				])
			);
		}
		if (preview.repeats) alert(__("Repeats"), [[preview.repeats, __("the same fault has come back")]]);
		this.show_tips($known);
	}

	// Articles that may solve it on the phone
	show_tips($known) {
		if (!this.preview.tips.length) return;
		const $tips = $('<div class="pd-tips mt-2">')
			.text(`${__("This may help:")} `)
			.appendTo($known);
		for (const tip of this.preview.tips) {
			$('<a tabindex="-1" target="_blank" class="mr-2">')
				.attr("href", frappe.utils.get_form_link("Service Article", tip.name))
				.text(tip.title)
				.appendTo($tips);
		}
	}

	// What speaks against covering the product is told, and covered once the agent says why
	ask_about_owner($known) {
		const concern = this.preview.ownership_concern;
		if (!concern) return;
		const $alert = $('<div class="pd-alert pd-concern">').text(concern).appendTo($known);
		$('<input type="text" class="form-control input-xs mt-2" id="pd-ownership-reason">')
			.attr("placeholder", __("Reason for coverage"))
			.attr("aria-label", __("Reason for coverage"))
			.val(this.ownership_reason || "")
			.on("change", (event) => {
				this.ownership_reason = event.currentTarget.value;
				this.look();
			})
			.appendTo($alert);
	}

	// ------------------------------------------------------------ what can be promised

	show_windows() {
		const { windows, due } = this.preview;
		const chosen = this.chosen_window();
		const $card = this.$(".pd-windows").empty().prop("hidden", false);
		const $title = $('<div class="pd-title">').appendTo($card);
		$("<span>").text(__("Available time slots")).appendTo($title);
		if (due)
			$('<span class="text-muted">')
				.text(__("to be there by {0}", [this.moment(due)]))
				.appendTo($title);
		if (!windows.length) {
			$(
				aftersales.forms.empty_html(
					__("No qualified technician is free in the next two weeks."),
					aftersales.forms.first_technician()
				)
			).appendTo($card);
			return;
		}
		const row = (index, text, small, color) => {
			const $row = $('<label class="pd-window">').appendTo($card);
			$('<input type="radio" name="pd-window">').val(index).appendTo($row);
			const $text = $('<span class="pd-when">').text(text).appendTo($row);
			if (small) $('<span class="pd-small">').text(small).appendTo($text);
			if (color)
				$row.append($(`<span class="indicator-pill no-indicator-dot ${color[1]}">`).text(color[0]));
		};
		row("", __("Nothing promised yet"));
		windows.forEach((window, index) =>
			row(index, this.span(window), this.told_of_window(window), this.judged(window))
		);
		const kept = windows.findIndex((window) => chosen && window.start === chosen.start);
		this.$(`input[name=pd-window][value="${kept < 0 ? "" : kept}"]`).prop("checked", true);
		$('<div class="text-muted small mt-2 pd-key-hint">')
			.html(`<kbd>F4</kbd> ${__("promise the next window suggested")}`)
			.appendTo($card);
	}

	told_of_window({ technician, visits_that_day, detour, cheap }) {
		const visits = visits_that_day
			? __("{0} visits that day", [visits_that_day])
			: __("no other visit that day");
		return [technician, visits, aftersales.driving_of_window(detour, cheap)].filter(Boolean).join(", ");
	}

	judged(window) {
		if (window.outside_hours) return [__("out of hours"), "orange"];
		return window.in_time ? this.preview.due && [__("in time"), "green"] : [__("too late"), "red"];
	}

	chosen_window() {
		const place = this.$("input[name=pd-window]:checked").val();
		return place ? this.preview.windows[place] : null;
	}

	next_window() {
		const $choices = this.$("input[name=pd-window]");
		if (!$choices.length) return;
		const next = ($choices.index($choices.filter(":checked")) + 1) % $choices.length;
		$choices.eq(next).prop("checked", true);
	}

	moment(text) {
		const when = frappe.datetime.convert_to_user_tz(text, false);
		return aftersales.written_moment(when, __("ddd D MMM HH:mm"));
	}

	span({ start, end }) {
		const [from, to] = [start, end].map((text) => frappe.datetime.convert_to_user_tz(text, false));
		const until = from.isSame(to, "day") ? to.format("HH:mm") : this.moment(end);
		return `${this.moment(start)} – ${until}`;
	}

	// ------------------------------------------------------------ what was before

	show_history() {
		const { open, history, complaints } = this.customer;
		const $card = this.$(".pd-history").empty().prop("hidden", false);
		const list = (title, doctype, rows, tell) => {
			if (!rows.length) return;
			$('<div class="pd-title mt-2">').text(title).appendTo($card);
			const $list = $('<ul class="pd-lines">').appendTo($card);
			rows.forEach((row) => {
				const $line = $("<li>").appendTo($list);
				$('<a tabindex="-1" target="_blank">')
					.attr("href", frappe.utils.get_form_link(doctype, row.name))
					.text(row.subject)
					.appendTo($line);
				$('<span class="pd-small">').text(tell(row)).appendTo($line);
				if (row.contact_confirmed === 0) this.offer_to_confirm(row, $line);
			});
		};
		const when = (row) => frappe.datetime.str_to_user(row.received_at.slice(0, 10));
		const product = (row) => [row.brand, row.model].filter(Boolean).join(" ");
		const join = (...parts) => parts.filter(Boolean).join(" · ");
		list(__("Complaints"), "Service Complaint", complaints, (row) => __(row.status));
		list(__("Open calls"), "Repair Call", open, (row) => join(when(row), __(row.status), product(row)));
		list(__("Before"), "Repair Call", history, (row) => join(when(row), product(row), row.resolution));
		if (!$card.children().length)
			$card.append($('<span class="text-muted">').text(__("First call of this customer")));
	}

	// A call that somebody else has reported, over the code on the product: is that the customer's contact?
	offer_to_confirm(call, $line) {
		const contact = [call.contact_name, call.contact_phone, call.contact_email].filter(Boolean);
		if (!contact.length) return;
		const $offer = $('<div class="pd-small text-warning">')
			.text(__("Contact not confirmed: {0}", [contact.join(", ")]))
			.appendTo($line);
		$('<button type="button" class="btn btn-xs btn-default ml-2" tabindex="-1">')
			.text(__("Confirm Contact"))
			.appendTo($offer)
			.on("click", async () => {
				await frappe.xcall("run_doc_method", {
					dt: "Repair Call",
					dn: call.name,
					method: "confirm_contact",
				});
				$offer.remove();
				frappe.show_alert({ message: __("Contact confirmed"), indicator: "green" });
			});
	}

	// ------------------------------------------------------------ the call

	solved() {
		const $solution = this.$(".pd-solution");
		if ($solution.prop("hidden")) {
			$solution.prop("hidden", false);
			this.$("#pd-solution").trigger("focus");
			return;
		}
		this.register({ resolution: this.$("#pd-solution").val().trim() || null });
	}

	async register({ resolution } = {}) {
		if (this.is_busy) return;
		const values = this.values();
		const name = this.$("#pd-new-name").val().trim();
		const new_customer = !values.customer && name ? { customer_name: name, ...this.address() } : null;
		const missing = [
			[!values.customer && !new_customer, "#pd-search", __("Enter who is calling first.")],
			[!values.subject, "#pd-subject", __("Enter the fault.")],
			[resolution === null, "#pd-solution", __("Enter how it was solved.")],
		].find(([is_missing]) => is_missing);
		if (missing) {
			frappe.show_alert({ message: missing[2], indicator: "orange" });
			this.$(missing[1]).trigger("focus");
			return;
		}
		const window = resolution ? null : this.chosen_window();
		this.is_busy = true;
		const $buttons = this.$(".pd-actions .btn").prop("disabled", true);
		this.$(".pd-done").prop("hidden", false).text(__("Registering the call…"));
		try {
			const call = await frappe.xcall(`${SERVER}.take_call`, {
				values,
				entry_key: this.entry_key,
				resolution,
				promised_from: window && window.start,
				promised_to: window && window.end,
				new_customer,
				keep_product: 1,
				call_log: this.call_log,
			});
			this.clear();
			this.show_done(call);
		} catch {
			this.$(".pd-done").prop("hidden", true); // the server has said why
		} finally {
			$buttons.prop("disabled", false);
			this.is_busy = false;
		}
	}

	// Where a new customer is to be visited.
	address() {
		const [address_line1, pincode, city] = ["#pd-street", "#pd-postcode", "#pd-city"].map((id) =>
			this.$(id).val().trim()
		);
		return { address_line1, pincode, city };
	}

	show_done(call) {
		const $done = this.$(".pd-done").empty().prop("hidden", false);
		const link = (doctype, name) =>
			$("<a>").attr("href", frappe.utils.get_form_link(doctype, name)).text(name);
		$done.append(link("Repair Call", call.name));
		const said = call.promised_from
			? __("{0}, {1}: promised {2}", [
					call.customer_name,
					__(call.status),
					this.span({ start: call.promised_from, end: call.promised_to }),
			  ])
			: `${call.customer_name}, ${__(call.status)}`;
		$("<span>").text(` ${said} `).appendTo($done);
		if (call.complaint) $done.append(__("Complaint"), " ", link("Service Complaint", call.complaint));
		aftersales.forms.offer_after_call(call, $done);
	}
};
