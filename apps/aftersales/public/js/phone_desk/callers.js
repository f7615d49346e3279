// Who is calling: what is found while the agent types, chosen by keyboard or mouse.
const NEW_CUSTOMER = { is_new: true };

export class Callers {
	// `ask(text)` finds rows, `choose(row, typed)` goes on with one of them.
	constructor($input, $list, { ask, choose }) {
		Object.assign(this, { $input, $list, ask, choose, found: [], turn: 0 });
		$input.on(
			"input",
			frappe.utils.debounce(() => this.search(), 150)
		);
		$input.on("keydown", (event) => this.move(event));
		$input.on("blur", () => setTimeout(() => this.show([]), 200));
		$list.on("mousedown", "li", (event) => {
			event.preventDefault();
			this.take(this.found[$(event.currentTarget).index()]);
		});
	}

	typed() {
		return this.$input.val().trim();
	}

	async search() {
		const text = this.typed();
		const turn = (this.turn += 1);
		if (text.length < 2) return this.show([]);
		const found = await this.ask(text);
		if (turn !== this.turn || text !== this.typed()) return;
		if (frappe.model.can_create("Customer")) found.push(NEW_CUSTOMER);
		this.show(found);
	}

	show(found) {
		this.found = found;
		this.$list.empty().prop("hidden", !found.length);
		this.$input.attr("aria-expanded", Boolean(found.length));
		found.forEach((row, index) => {
			const $row = $('<li role="option">')
				.attr({ id: `pd-found-${index}` })
				.appendTo(this.$list);
			const [who, what] = row.is_new
				? [__("New customer"), this.$input.val()]
				: [row.customer_name, told_of(row)];
			$("<span>").text(who).appendTo($row);
			$('<span class="pd-what">').text(what).appendTo($row);
		});
		this.mark(0);
	}

	mark(place) {
		this.marked = place;
		const $rows = this.$list.find("li").attr("aria-selected", "false");
		const $row = $rows.eq(place).attr("aria-selected", "true");
		this.$input.attr("aria-activedescendant", $row.attr("id") || "");
		if ($row.length) $row[0].scrollIntoView({ block: "nearest" });
	}

	move(event) {
		if (!this.found.length || event.ctrlKey) return;
		const last = this.found.length - 1;
		const act = {
			ArrowDown: () => this.mark(Math.min(this.marked + 1, last)),
			ArrowUp: () => this.mark(Math.max(this.marked - 1, 0)),
			Enter: () => this.take(this.found[this.marked]),
			Escape: () => this.show([]),
		}[event.key];
		if (!act) return;
		event.preventDefault();
		event.stopPropagation();
		act();
	}

	take(row) {
		const typed = this.typed();
		this.show([]);
		this.turn += 1; // what is still on its way is about the search before
		return this.choose(row, typed);
	}
}

function told_of(row) {
	const { product, serial } = row;
	if (row.serial_no) return `${product} (${serial}) · ${__("sold, no product file yet")}`;
	if (row.part_serial_no) return `${product} · ${__("part {0} ({1})", [row.part, row.part_serial_no])}`;
	const parts = row.equipment
		? [product, (product || "").includes(serial) ? null : serial]
		: [row.contact_name, row.contact_phone || row.phone];
	return parts.filter(Boolean).join(" · ");
}
