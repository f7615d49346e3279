/* global L */
// The map beside the dispatch board: each technician's stops in their order, and the calls that wait. The server gives the
// places; without tiles the map shows them on a plain ground, and the list beside it says the same in words.
frappe.pages["service-map"].on_page_load = function (wrapper) {
	wrapper.service_map = new aftersales.ServiceMap(wrapper);
};

frappe.pages["service-map"].on_page_show = function (wrapper) {
	wrapper.service_map.load();
};

frappe.provide("aftersales");

aftersales.ServiceMap = class ServiceMap {
	COLOURS = ["#2563eb", "#c2410c", "#15803d", "#9333ea", "#b91c1c", "#0e7490", "#a16207", "#be185d"];

	constructor(wrapper) {
		this.page = frappe.ui.make_app_page({
			parent: wrapper,
			title: __("Service Map"),
			single_column: true,
		});
		this.escape = frappe.utils.escape_html;
		this.day = frappe.datetime.get_today();
		this.fitted = null;
		this.make_page();
	}

	make_page() {
		const item = (label, action) => aftersales.forms.add_menu_item(this.page, label, action);
		item(__("Reload"), () => this.load());
		item(__("Dispatch Board"), () => frappe.set_route("dispatch-board"));
		item(__("Visit Plan List"), () => frappe.set_route("List", "Visit Plan"));
		this.date = this.page.add_field({
			fieldname: "day",
			fieldtype: "Date",
			label: __("Day"),
			change: () => this.go_to(this.date.get_value()),
		});
		this.date.set_input(this.day);
		this.company = this.page.add_field({
			fieldname: "company",
			fieldtype: "Link",
			options: "Company",
			label: __("Company"),
			change: () => this.load(),
		});
		$(`
			<nav class="sm-days">
				<button class="btn btn-default btn-sm" data-go="-1" aria-label="${__("Day Before")}">‹</button>
				<button class="btn btn-default btn-sm" data-go="0">${__("Today")}</button>
				<button class="btn btn-default btn-sm" data-go="1" aria-label="${__("Next Day")}">›</button>
			</nav>`)
			.appendTo(this.page.page_form)
			.on("click", "[data-go]", (event) => {
				const step = Number(event.currentTarget.dataset.go);
				const today = frappe.datetime.get_today();
				const day = step ? frappe.datetime.add_days(this.day, step) : today;
				this.date.set_input(day);
				this.go_to(day);
			});
		this.$body = $(`
			<div class="service-map">
				<div class="sm-note text-muted"></div>
				<div class="sm-panes">
					<section class="sm-list" aria-label="${__("Routes and Calls")}"></section>
					<div class="sm-map" role="region" aria-label="${__("Map")}"></div>
				</div>
			</div>`).appendTo(this.page.main);
		this.$body.on("click", "[data-at]", (event) => this.show_place(event.currentTarget.dataset.at));
	}

	go_to(day) {
		if (!day || day === this.day) return;
		this.day = day;
		this.fitted = null;
		return this.load();
	}

	async load() {
		const asked = (this.asked = {});
		const found = await frappe.xcall("aftersales.visit_planning.service_map.load", {
			day: this.day,
			company: this.company.get_value() || null,
		});
		if (asked !== this.asked) return; // a later question has overtaken this answer
		this.found = found;
		const companies = new Set(found.routes.map((route) => route.company));
		this.company.$wrapper.toggle(companies.size > 1 || !!this.company.get_value());
		this.draw();
	}

	draw() {
		this.make_map();
		this.layer.clearLayers();
		this.markers = {};
		this.bounds = [];
		const routes = this.found.routes.filter((route) => route.stops.length);
		const parts = routes.map((route, number) => this.draw_route(route, number));
		parts.push(this.draw_waiting());
		this.$body.find(".sm-list").html(parts.join(""));
		const { unknown } = this.found;
		this.$body
			.find(".sm-note")
			.text(
				unknown
					? __(
							"{0} visits or calls have an address without latitude and longitude. The map does not show them.",
							[unknown]
					  )
					: ""
			);
		// Without any place there is nothing to see but the whole world
		this.$body.toggleClass("sm-no-places", !this.bounds.length);
		this.map.invalidateSize();
		// Who has moved the map keeps it where it is; another day begins with all of it.
		if (this.fitted !== this.day && this.bounds.length) {
			this.map.fitBounds(this.bounds, { padding: [30, 30], maxZoom: 14 });
			this.fitted = this.day;
		}
	}

	make_map() {
		if (!this.map) {
			this.map = L.map(this.$body.find(".sm-map")[0], { zoomControl: true }).setView([0, 0], 2);
			this.map.attributionControl.setPrefix("");
			this.layer = L.layerGroup().addTo(this.map);
			L.control.scale({ imperial: false }).addTo(this.map);
		}
		const { tiles } = this.found;
		if (tiles && !this.tiles) {
			const attribution = this.escape(tiles.attribution);
			this.tiles = L.tileLayer(tiles.url, { attribution, maxZoom: 19 }).addTo(this.map);
		}
		setTimeout(() => this.map.invalidateSize(), 0);
	}

	// ------------------------------------------------------------------ routes

	draw_route(route, number) {
		const colour = this.COLOURS[number % this.COLOURS.length];
		const line = [route.start, ...route.stops.map((stop) => stop.place), route.end].filter(Boolean);
		if (line.length > 1) L.polyline(line, { color: colour, weight: 3, opacity: 0.7 }).addTo(this.layer);
		if (route.start) this.mark(`home-${number}`, route.start, "⌂", colour, "sm-home", route.technician);
		const stops = route.stops.map((stop, place) => {
			const at = `${number}-${place}`;
			const title = `${route.technician}: ${this.clock(stop.start)} ${this.name_of(stop)}`;
			if (stop.place) {
				const kind = stop.emergency ? "sm-urgent" : "";
				this.mark(at, stop.place, place + 1, colour, kind, title, this.visit_popup(route, stop));
			}
			return this.stop_html(stop, place, at);
		});
		const sum = route.travel
			? __("{0} min, {1} km", [route.travel, route.kilometres])
			: route.stops.length === 1
			? __("1 visit")
			: __("{0} visits", [route.stops.length]);
		return `<article class="sm-route" style="--sm-colour:${colour}">
			<header><span>${this.escape(route.technician)}</span><span class="text-muted">${sum}</span></header>
			<ol>${stops.join("")}</ol>
		</article>`;
	}

	stop_html(stop, place, at) {
		const travel = stop.travel
			? `<span class="${stop.tight ? "sm-tight" : "text-muted"}">${__("{0} min of travel", [
					stop.travel,
			  ])}</span>`
			: "";
		const lost = stop.place ? "" : ` <span class="text-muted">(${__("no place")})</span>`;
		return `<li><span class="sm-number ${stop.emergency ? "sm-urgent" : ""}">${place + 1}</span>
			<button class="sm-stop" data-at="${at}">
				<b>${this.clock(stop.start)}–${this.clock(stop.end)}</b> ${this.escape(this.name_of(stop))}${lost}
				<div>${[travel, `<span class="text-muted">${__(stop.status)}</span>`].filter(Boolean).join(" · ")}</div>
			</button></li>`;
	}

	draw_waiting() {
		const items = this.found.waiting.map((call, number) => {
			const at = `call-${number}`;
			const kind = call.emergency ? "sm-waits sm-urgent" : "sm-waits";
			if (call.place)
				this.mark(at, call.place, "?", null, kind, this.name_of(call), this.call_popup(call));
			return `<li><span class="sm-number ${kind}">?</span>
				<button class="sm-stop" data-at="${at}">${this.escape(this.name_of(call))}
				${call.place ? "" : `<span class="text-muted">(${__("no place")})</span>`}
				<div class="text-muted">${this.escape(call.subject || call.call)}</div></button></li>`;
		});
		const none = `<p class="text-muted mb-0">${__("No call waits for a visit.")}</p>`;
		return `<article class="sm-route"><header>${__("Waiting for a Visit")}</header>
			${items.length ? `<ul>${items.join("")}</ul>` : none}</article>`;
	}

	// ------------------------------------------------------------------ marks

	mark(at, place, sign, colour, kind, title, popup) {
		const style = colour ? `style="--sm-colour:${colour}"` : "";
		const html = `<span class="sm-number ${kind}" ${style}>${sign}</span>`;
		const icon = L.divIcon({ html, className: "sm-icon", iconSize: [22, 22] });
		const marker = L.marker(place, { icon, title, alt: title, keyboard: true }).addTo(this.layer);
		if (popup) marker.bindPopup(popup);
		this.markers[at] = marker;
		this.bounds.push(place);
	}

	visit_popup(route, stop) {
		const link = frappe.utils.get_form_link("Service Voucher", stop.visit, true);
		return `<b>${this.escape(this.name_of(stop))}</b><br>${this.escape(route.technician)},
			${this.clock(stop.start)}–${this.clock(stop.end)}<br>${link} · ${__(stop.status)}`;
	}

	call_popup(call) {
		const link = frappe.utils.get_form_link("Repair Call", call.call, true);
		return `<b>${this.escape(this.name_of(call))}</b><br>${this.escape(call.subject || "")}<br>${link}`;
	}

	show_place(at) {
		const marker = this.markers[at];
		if (marker) {
			this.map.panTo(marker.getLatLng());
			return marker.openPopup();
		}
		const [number, place] = at.split("-");
		const thing =
			number === "call" ? this.found.waiting[place] : this.shown_routes()[number].stops[place];
		if (thing.visit) frappe.set_route("Form", "Service Voucher", thing.visit);
		else frappe.set_route("Form", "Repair Call", thing.call);
	}

	shown_routes() {
		return this.found.routes.filter((route) => route.stops.length);
	}

	name_of(thing) {
		return thing.customer_name || thing.what || thing.call || "";
	}

	clock(minute) {
		const of_day = ((minute % 1440) + 1440) % 1440;
		return `${String(Math.floor(of_day / 60)).padStart(2, "0")}:${String(of_day % 60).padStart(2, "0")}`;
	}
};
