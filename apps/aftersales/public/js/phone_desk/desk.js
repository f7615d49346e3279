// The phone desk: one page for the call on the line. It shows what the server knows and suggests, and sends
// what the agent typed; nothing is decided here. Every step works from the keyboard.
import { Callers } from "./callers";
import { show_history } from "./history";
import { show_customer, show_known } from "./known";
import { choose_next_window, chosen_window, show_windows, span } from "./windows";

const SERVER = "aftersales.service_desk.phone_desk";
const HAZARDS = ["", "Water Leak", "Electric Leakage", "Gas", "Fire", "Injury", "Other"];
const OTHER_PRODUCT = "+";
const SOLD = "serial:"; // before the Serial No of a product that ERPNext sold and that has no file yet

export class PhoneDesk {
	constructor(page) {
		this.$root = $(frappe.render_template("phone_desk")).appendTo(page.main);
		this.$ = (selector) => this.$root.find(selector);
		this.callers = new Callers(this.$("#pd-search"), this.$("#pd-found"), {
			ask: (text) => frappe.xcall(`${SERVER}.search`, { text }),
			choose: (row, typed) => this.choose(row, typed),
		});
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
			F4: () => choose_next_window(this.$(".pd-windows")),
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
		await this.callers.search();
		this.focus();
	}

	focus = () => this.$("#pd-search").trigger("focus").trigger("select");

	clear() {
		this.entry_key = frappe.utils.get_random(20);
		this.call_log = null;
		this.customer = null;
		this.part = null;
		this.ownership_reason = "";
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
		this.callers.show([]);
		this.focus();
	}

	forget_facts() {
		this.$(".pd-customer, .pd-known, .pd-windows, .pd-history").empty().prop("hidden", true);
		this.$(".pd-hint").prop("hidden", false);
	}

	// ------------------------------------------------------------ who is calling

	async choose(row, typed) {
		this.$(".pd-done").prop("hidden", true);
		if (row.is_new) return this.new_customer(typed);
		const turn = (this.asked += 1);
		const known = await frappe.xcall(`${SERVER}.about_customer`, { customer: row.customer });
		if (turn !== this.asked) return;
		this.customer = known;
		this.part = row.part_serial_no ? { equipment: row.equipment, serial_no: row.part_serial_no } : null;
		this.ownership_reason = "";
		this.$(".pd-new-customer").prop("hidden", true);
		show_customer(this.$(".pd-customer"), known);
		this.$("#pd-contact").val(row.contact_name || known.contact_name || "");
		this.$("#pd-phone").val(row.contact_phone || row.phone || known.contact_phone || "");
		this.fill_products(known.products, row.equipment, row);
		show_history(this.$(".pd-history"), known);
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
		this.$(".pd-hint").prop("hidden", true);
		show_known(this.$(".pd-known"), preview, {
			hazard: this.$("#pd-hazard").val(),
			ownership: {
				reason: this.ownership_reason,
				change: (reason) => {
					this.ownership_reason = reason;
					this.look();
				},
			},
		});
		show_windows(this.$(".pd-windows"), preview);
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
		const window = resolution ? null : chosen_window(this.$(".pd-windows"));
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
					span({ start: call.promised_from, end: call.promised_to }),
			  ])
			: `${call.customer_name}, ${__(call.status)}`;
		$("<span>").text(` ${said} `).appendTo($done);
		if (call.complaint) $done.append(__("Complaint"), " ", link("Service Complaint", call.complaint));
		aftersales.forms.offer_after_call(call, $done);
	}
}
