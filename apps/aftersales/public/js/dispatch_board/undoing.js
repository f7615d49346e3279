// The last change on the board can be taken back by who made it: by the button of the message, and by Ctrl+Z. The board
// remembers where the visit was; the server takes it back only while the visit is as this user has left it.
import { Dragging } from "./dragging";

export class Undoing extends Dragging {
	OFFERED = 15; // seconds

	listen_to_undo() {
		frappe.ui.keys.add_shortcut({
			shortcut: "ctrl+z",
			action: () => this.undo(),
			condition: () => this.visible() && !!this.last,
			page: this.page,
			description: __("Undo"),
		});
	}

	// Where a call or visit is, as it is put back there.
	where(thing) {
		const where = { technician: thing.technician || null, promised: thing.promised ? 1 : 0 };
		if (!this.is_visit(thing)) return where;
		const { start, end, status } = thing;
		const dispatched = status === "Dispatched" ? 1 : 0;
		return { ...where, dispatched, day: this.day, minute: start, minutes: end - start };
	}

	stored(voucher) {
		const visits = this.board.technicians.flatMap((technician) => technician.visits);
		return (
			visits.find((visit) => visit.name === voucher && !visit.leader) ||
			this.board.waiting.find((call) => call.voucher === voucher)
		);
	}

	// A change is made, and the board shows it.
	offer_undo(voucher, where) {
		const thing = this.stored(voucher);
		this.last = thing ? { voucher, seen: thing.seen, where } : null;
		this.$offer?.remove();
		if (!thing) return;
		const place = this.is_visit(thing)
			? `${thing.technician}, ${this.clock(thing.start)}–${this.clock(thing.end)}`
			: __("Waiting for a Visit");
		this.$offer = frappe.show_alert(
			{
				indicator: "green",
				message: `<b>${this.escape(thing.customer_name || thing.what || thing.subject || "")}</b>
					${this.escape(place)}
					<button class="btn btn-default btn-xs db-undo" data-action="undo">${__("Undo")}</button>`,
			},
			this.OFFERED,
			{ undo: () => this.undo() }
		);
	}

	async undo(although_told = 0) {
		const { last } = this;
		if (!last || this.at_work) return;
		this.$offer?.remove();
		this.at_work = true;
		let question = null;
		try {
			const { voucher, seen, where } = last;
			question = await frappe.xcall(
				"aftersales.field_service.board.undo.undo",
				{ voucher, seen, although_told, ...where },
				"POST",
				{ freeze: true }
			);
			if (!question) frappe.show_alert({ message: __("Undone"), indicator: "blue" });
		} catch {
			// What stands against it is shown by Frappe
		} finally {
			this.at_work = false;
			if (!question) this.last = null;
			await this.load();
		}
		if (question) aftersales.forms.confirm(question, () => this.undo(1));
	}
}
