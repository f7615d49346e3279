// One card of the workshop board in a dialog: what a technician sees who has scanned its tag.
import { age, color, left, words } from "./card_faces";

const e = frappe.utils.escape_html;
const WORKED_ON = ["Received", "Diagnosing", "Approved", "Awaiting Parts", "In Repair", "Quality Check"];

export class CardPanel {
	constructor(board) {
		this.board = board;
	}

	show(card) {
		this.dialog = this.dialog || this.make();
		this.name = card.name;
		this.render();
		this.dialog.show();
	}

	refresh() {
		if (this.dialog?.display) this.render();
	}

	make() {
		const dialog = new frappe.ui.Dialog({
			title: "",
			fields: [{ fieldtype: "HTML", fieldname: "card" }],
			secondary_action_label: __("Open Card"),
			secondary_action: () => {
				dialog.hide();
				frappe.set_route("Form", "Repair Card", this.name);
			},
		});
		dialog.$wrapper.addClass("wb-panel");
		dialog.$wrapper.on("click", "[data-step]", (event) => {
			const card = this.board.cards.get(this.name);
			const step = this.board
				.steps_of(card)
				.find((one) => one.key === $(event.currentTarget).attr("data-step"));
			if (step) this.board.take(card, step);
		});
		dialog.$wrapper.on("click", "[data-clock]", (event) =>
			this.board.change(this.board.cards.get(this.name), "aftersales.repair_workshop.board.clock", {
				name: this.name,
				start: $(event.currentTarget).attr("data-clock"),
			})
		);
		return dialog;
	}

	render() {
		const card = this.board.cards.get(this.name);
		if (!card) return this.dialog.hide();
		this.dialog.set_title(card.name);
		const line = (label, value) => (value ? `<tr><td>${label}</td><td>${e(value)}</td></tr>` : "");
		const rest = left(card);
		const promise =
			rest !== null && (rest < 0 ? __("{0} late", [words(rest)]) : __("{0} left", [words(rest)]));
		const steps = this.board
			.steps_of(card)
			.map(
				(step, i) =>
					`<button class="btn btn-lg ${i ? "btn-default" : "btn-primary"}" data-step="${e(
						step.key
					)}">${e(step.label)}</button>`
			)
			.join("");
		this.dialog.get_field("card").$wrapper.html(`
			<div class="wb-panel-head">
				<span class="indicator-pill ${color(card.status)}">${e(__(card.status))}</span>
				<strong>${e(card.product || __("Product without a file"))}</strong>
			</div>
			<table class="wb-facts">
				${line(__("Customer"), card.customer_name)}
				${line(__("Fault"), card.fault)}
				${line(__("Waiting for"), card.waiting)}
				${line(__("Technician"), card.assigned_technician)}
				${line(__("Promised Return"), promise)}
				${line(__("In This Stage"), words(age(card, "in_stage")))}
				${line(__("With Us"), words(age(card, "age")))}
			</table>
			<div class="wb-steps">${this.clock_html(card)}${steps}</div>`);
	}

	// A technician starts and stops their own work on the card they have scanned.
	clock_html(card) {
		const own = this.board.board.own_technicians;
		if (!own.length || card.docstatus) return "";
		const mine = (card.working || "").split(", ").some((name) => own.includes(name));
		if (mine) return `<button class="btn btn-lg btn-danger" data-clock="0">${__("Stop Work")}</button>`;
		return WORKED_ON.includes(card.status)
			? `<button class="btn btn-lg btn-default" data-clock="1">${__("Start Work")}</button>`
			: "";
	}
}
