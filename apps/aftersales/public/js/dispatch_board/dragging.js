// What is done by hand on the dispatch board: dragging onto a day, seizing the end of a visit, moving by keyboard.
import { Faces } from "./faces";

export class Dragging extends Faces {
	GRID = 15; // minutes
	PRESSES = 900; // ms after the last press of a key

	listen_to_drags() {
		const { $body } = this;
		$body.on("dragstart", "[data-place]", ({ originalEvent: event, currentTarget }) => {
			const thing = this.things[currentTarget.dataset.place];
			const length = this.is_visit(thing) ? thing.end - thing.start : this.board.length;
			// A visit is held where it was seized; a call begins where it is let go.
			const box = currentTarget.getBoundingClientRect();
			const held = this.is_visit(thing) ? ((event.clientX - box.left) / box.width) * length : 0;
			this.dragged = { thing, held, length };
			event.dataTransfer.effectAllowed = "move";
			event.dataTransfer.setData("text/plain", thing.name || thing.call);
			$body.find(".db-row").each((_i, row) => {
				$(row).toggleClass("db-unfit", !this.is_fit(row.dataset.technician, thing));
			});
		});
		$body.on("dragend", () => this.drag_is_over());
		$body.on("dragover", ".db-track", ({ originalEvent: event, currentTarget }) => {
			if (!this.dragged) return;
			event.preventDefault();
			this.show_ghost(currentTarget, this.minute_at(currentTarget, event));
		});
		$body.on("dragleave", ".db-track", ({ originalEvent: event, currentTarget }) => {
			if (!currentTarget.contains(event.relatedTarget)) this.$ghost?.remove();
		});
		$body.on("drop", ".db-track", ({ originalEvent: event, currentTarget }) => {
			if (!this.dragged) return;
			event.preventDefault();
			const { thing, length } = this.dragged;
			const minute = this.minute_at(currentTarget, event);
			const technician = $(currentTarget).closest("[data-technician]").attr("data-technician");
			this.drag_is_over();
			this.plan(thing, { technician, minute, minutes: length });
		});
		$body.on("dragover", ".db-waiting", ({ originalEvent: event }) => {
			if (this.dragged && this.can_put_back(this.dragged.thing)) event.preventDefault();
		});
		$body.on("drop", ".db-waiting", ({ originalEvent: event }) => {
			if (!this.dragged) return;
			event.preventDefault();
			const { thing } = this.dragged;
			this.drag_is_over();
			this.put_back(thing);
		});
		$body.on("keydown", "[data-place]", (event) => {
			if (event.altKey && event.key.startsWith("Arrow")) {
				const thing = this.things[event.currentTarget.dataset.place];
				if (!this.is_visit(thing) || !thing.movable || !this.board.may_plan) return;
				event.preventDefault();
				this.move_by_key(thing, event);
			}
			if (!["Enter", " "].includes(event.key)) return;
			event.preventDefault();
			event.currentTarget.click();
		});
		this.listen_to_edges();
	}

	// The end of a visit is seized and pulled: it takes longer or shorter.
	listen_to_edges() {
		this.$body.on("click", ".db-edge", (event) => event.stopPropagation());
		this.$body.on("pointerdown", ".db-edge", ({ originalEvent: event, currentTarget }) => {
			const box = currentTarget.closest("[data-place]");
			const thing = this.things[box.dataset.place];
			const track = currentTarget.closest(".db-track");
			event.preventDefault();
			box.draggable = false; // a pull at the end is no drag
			currentTarget.setPointerCapture(event.pointerId);
			this.dragged = { thing, held: 0, length: thing.end - thing.start };
			let end = thing.end;
			const pull = (moved) => {
				end = Math.max(thing.start + this.GRID, this.minute_at(track, moved));
				this.dragged.length = end - thing.start;
				this.show_ghost(track, thing.start, this.clock(end));
			};
			const let_go = (how) => {
				currentTarget.removeEventListener("pointermove", pull);
				box.draggable = true;
				this.drag_is_over();
				if (how.type === "pointerup" && end !== thing.end) {
					const { technician, start: minute } = thing;
					this.plan(thing, { technician, minute, minutes: end - minute });
				}
			};
			currentTarget.addEventListener("pointermove", pull);
			currentTarget.addEventListener("pointerup", let_go, { once: true });
			currentTarget.addEventListener("pointercancel", let_go, { once: true });
		});
	}

	// Alt with the arrows moves a visit, with Shift it changes its length; what several presses come to is planned once.
	move_by_key(thing, { key, shiftKey }) {
		if (this.pressed?.thing.name !== thing.name) {
			const { technician, start, end } = thing;
			this.pressed = { thing, technician, minute: start, minutes: end - start };
		}
		const { pressed } = this;
		const step = { ArrowLeft: -this.GRID, ArrowRight: this.GRID }[key] || 0;
		if (shiftKey) pressed.minutes = Math.max(this.GRID, pressed.minutes + step);
		else pressed.minute = Math.max(0, Math.min(1440 - this.GRID, pressed.minute + step));
		const names = this.board.technicians.map((technician) => technician.name);
		const place = names.indexOf(pressed.technician) + ({ ArrowUp: -1, ArrowDown: 1 }[key] || 0);
		pressed.technician = names[Math.max(0, Math.min(names.length - 1, place))];
		const track = this.$body.find(`[data-technician="${CSS.escape(pressed.technician)}"] .db-track`)[0];
		this.dragged = { thing, held: 0, length: pressed.minutes };
		this.show_ghost(track, pressed.minute);
		clearTimeout(this.press_ends);
		this.press_ends = setTimeout(() => {
			this.pressed = null;
			this.drag_is_over();
			const { technician, minute, minutes } = pressed;
			this.plan(thing, { technician, minute, minutes });
		}, this.PRESSES);
	}

	drag_is_over() {
		this.dragged = null;
		this.$ghost?.remove();
		this.$body.find(".db-unfit").removeClass("db-unfit");
		if (this.outdated) {
			this.outdated = false;
			this.load();
		}
	}

	minute_at(track, event) {
		const box = track.getBoundingClientRect();
		const place = frappe.utils.is_rtl() ? box.right - event.clientX : event.clientX - box.left;
		const minute = this.first + (place / box.width) * this.shown - this.dragged.held;
		return Math.max(0, Math.min(1440 - this.GRID, Math.round(minute / this.GRID) * this.GRID));
	}

	show_ghost(track, minute, text = this.clock(minute)) {
		this.$ghost = this.$ghost || $('<i class="db-ghost"></i>');
		this.$ghost
			.attr("style", this.span_style([minute, minute + this.dragged.length]))
			.text(text)
			.appendTo(track);
	}
}
