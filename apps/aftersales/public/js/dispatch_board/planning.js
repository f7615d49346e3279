// What the dispatch board asks of the server, and the dialog by which a visit is planned without dragging.
import { Undoing } from "./undoing";

export class Planning extends Undoing {
	LENGTHS = [15, 30, 45, 60, 90, 120, 150, 180, 240, 300, 360, 480];

	async plan(thing, { technician, minute, minutes, reason }) {
		const is_visit = this.is_visit(thing);
		const kept = await this.ask_about_promise(thing, minute);
		if (!kept) return null;
		return this.change(
			"plan",
			{
				technician,
				day: this.day,
				minute: kept.minute,
				minutes,
				reason,
				promise_changed_for: kept.changed_for || null,
				call: is_visit || thing.voucher ? null : thing.call,
				voucher: is_visit ? thing.name : thing.voucher,
				seen: thing.seen,
			},
			this.where(thing)
		);
	}

	// Returns the minute to plan for and who needs another time; null when nothing is to be planned.
	ask_about_promise(thing, minute) {
		const [from, to] = thing.promised || [];
		if (!thing.promised || (minute >= from && minute <= to)) return { minute };
		return aftersales.ask_about_promise({
			customer: thing.customer_name || thing.call || thing.name,
			window: this.promise(thing.promised),
			starts: this.clock(minute),
			minute,
			promised: from >= 0 && from < 1440 ? { minute: from, clock: this.clock(from) } : null,
			tells_customers: this.board.tells_customers,
		});
	}

	put_back(visit) {
		return this.change("put_back", { voucher: visit.name, seen: visit.seen }, this.where(visit));
	}

	// A refusal is shown by Frappe; the board then shows what is stored. `where`: to where the change can be undone.
	async change(what, args, where) {
		if (this.at_work) return;
		this.at_work = true;
		let made = null;
		try {
			const name = await frappe.xcall(`aftersales.field_service.dispatch_board.${what}`, args, "POST", {
				freeze: true,
			});
			made = name || args.voucher;
		} catch {
			return null;
		} finally {
			this.at_work = false;
			await this.load();
			if (made) this.offer_undo(made, where);
		}
		return made;
	}

	// A call or visit is planned, moved and dispatched without dragging: by keyboard, and on a phone.
	open(thing) {
		const is_visit = this.is_visit(thing);
		const open_form = () =>
			is_visit
				? frappe.set_route("Form", "Service Voucher", thing.name)
				: frappe.set_route("Form", "Repair Call", thing.call);
		const can_plan = this.board.may_plan && (!is_visit || thing.movable);
		if (!can_plan) return open_form();
		const names = this.board.technicians.map((technician) => technician.name);
		const fits = (name) => this.is_fit(name, thing);
		const ordered = [...names.filter(fits), ...names.filter((name) => !fits(name))];
		const free = (name) => this.board.technicians.find((one) => one.name === name)?.free_from;
		const technician = is_visit
			? thing.technician
			: this.first_free(ordered.filter(fits), free) || ordered[0];
		// What was promised comes before what is free
		const promised_start =
			thing.promised && thing.promised[0] >= 0 && thing.promised[0] < 1440
				? Math.max(thing.promised[0], this.next_quarter(thing.promised))
				: null;
		const soon = this.next_quarter([this.first, 1440 - this.GRID]); // of a day that is over, what is left of it
		const length = is_visit ? thing.end - thing.start : this.board.length;
		const options = new Set([...this.LENGTHS, length]);
		const dialog = new frappe.ui.Dialog({
			title: this.escape(thing.customer_name || thing.subject || thing.what || ""),
			fields: [
				{ fieldname: "facts", fieldtype: "HTML", options: this.facts_html(thing) },
				{
					fieldname: "technician",
					fieldtype: "Select",
					label: __("Technician"),
					reqd: 1,
					default: technician,
					options: ordered.map((name) => ({
						value: name,
						label: this.technician_label(name, fits(name), free(name)),
					})),
					change: () => {
						const minute = promised_start ?? free(dialog.get_value("technician"));
						if (!is_visit && minute !== null && minute !== undefined)
							dialog.set_value("start", this.clock(minute));
						dialog.refresh_dependency();
					},
				},
				{ fieldtype: "Column Break" },
				{
					fieldname: "start",
					fieldtype: "Select",
					label: __("Start", null, "After-sales"),
					reqd: 1,
					default: this.clock(is_visit ? thing.start : promised_start ?? free(technician) ?? soon),
					options: this.starts(is_visit ? thing.start : promised_start),
				},
				{
					fieldname: "minutes",
					fieldtype: "Select",
					label: __("Duration"),
					reqd: 1,
					default: String(length),
					options: [...options]
						.sort((a, b) => a - b)
						.map((minutes) => ({ value: String(minutes), label: __("{0} min", [minutes]) })),
				},
				{ fieldtype: "Section Break" },
				{
					fieldname: "dispatch",
					fieldtype: "Check",
					label: __("Dispatch now"),
					depends_on: () => thing.status !== "Dispatched",
				},
				{
					fieldname: "reason",
					fieldtype: "Small Text",
					label: __("Reason for dispatching without the skill or despite an absence"),
					depends_on: (values) => !fits(values.technician),
				},
			],
			primary_action_label: __("Plan", null, "After-sales"),
			primary_action: (values) => {
				dialog.hide();
				this.plan_and_dispatch(thing, values);
			},
			secondary_action_label: is_visit ? __("Open Visit") : __("Open Call"),
			secondary_action: () => {
				dialog.hide();
				open_form();
			},
		});
		if (this.can_put_back(thing)) {
			dialog.add_custom_action(__("Put Back"), () => {
				dialog.hide();
				this.put_back(thing);
			});
		}
		dialog.$wrapper.addClass("db-dialog");
		dialog.show();
	}

	async plan_and_dispatch(thing, { technician, start, minutes, reason, dispatch }) {
		const [hour, minute] = start.split(":").map(Number);
		const name = await this.plan(thing, {
			technician,
			minute: hour * 60 + minute,
			minutes: Number(minutes),
			reason: reason || null,
		});
		if (!name || !dispatch) return;
		// Both are undone together
		await this.change("dispatch", { voucher: name }, this.where(thing));
	}

	// Within a window that has begun: the next quarter of an hour.
	next_quarter([from, to]) {
		const { now } = this.board;
		if (now === null || now <= from) return from;
		return Math.min(to, Math.ceil(now / this.GRID) * this.GRID);
	}

	first_free(names, free) {
		const with_room = names.filter((name) => free(name) !== null);
		return with_room.sort((a, b) => free(a) - free(b))[0];
	}

	// Frappe puts the label of an option into the page as HTML.
	technician_label(technician, fit, free) {
		const name = this.escape(technician);
		if (!fit) return __("{0} (not qualified)", [name]);
		return free === null || free === undefined
			? __("{0} (no room)", [name])
			: __("{0} (free {1})", [name, this.clock(free)]);
	}

	starts(own) {
		const found = new Set(own === null ? [] : [own]);
		for (let minute = 0; minute < 1440; minute += this.GRID) found.add(minute);
		return [...found].sort((a, b) => a - b).map((minute) => this.clock(minute));
	}
}
