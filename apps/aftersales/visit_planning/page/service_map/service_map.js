/* global L */
// The map beside the dispatch board: each technician's stops in their order, and the calls that wait. The server gives the
// places; without tiles the map shows them on a plain ground, and the list beside it says the same in words.
frappe.pages["service-map"].on_page_load = function (wrapper) {
	wrapper.service_map = new aftersales.ServiceMap(wrapper);
};

frappe.pages["service-map"].on_page_show = function (wrapper) {
	wrapper.service_map.show();
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
		this.head = new aftersales.DayHead(this.page, this);
		this.head.$days.append(`
			<label class="sm-products"><input type="checkbox"> ${__("Products", null, "After-sales")}</label>`);
		this.head.$days.on("change", "input", () => this.map && this.load_products());
		this.$body = $(`
			<div class="service-map">
				<div class="sm-note text-muted"></div>
				<div class="sm-panes">
					<section class="sm-list" aria-label="${__("Routes and Calls")}">
						<div class="sm-routes"></div><div class="sm-of-products"></div>
					</section>
					<div class="sm-map" role="region" aria-label="${__("Map")}"></div>
				</div>
			</div>`).appendTo(this.page.main);
		this.$body.on("click", "[data-at]", (event) => this.show_place(event.currentTarget.dataset.at));
	}

	show() {
		this.head.follow();
		return this.load();
	}

	// Under a popup that somebody reads nothing is drawn anew.
	reload() {
		const visible = frappe.get_route()[0] === "service-map" && !document.hidden;
		if (visible && !this.is_read()) return this.load();
	}

	is_read() {
		return !!this.$body.find(".leaflet-popup").length;
	}

	go_to(day) {
		if (!day || day === this.day) return;
		this.day = day;
		return this.load();
	}

	async load() {
		const asked = (this.asked = this.head.chosen());
		const found = await frappe.xcall("aftersales.visit_planning.service_map.load", asked);
		if (asked !== this.asked) return; // a later question has overtaken this answer
		this.found = found;
		this.head.show_company(found.routes);
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
		this.$body.find(".sm-routes").html(parts.join(""));
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
		this.show_or_hide_map();
		// Who has moved the map keeps it where it is; another day or zone begins with all of it.
		const chosen = JSON.stringify(this.asked);
		if (this.fitted !== chosen && this.bounds.length) {
			this.map.fitBounds(this.bounds, { padding: [30, 30], maxZoom: 14 });
			this.fitted = chosen;
		}
	}

	make_map() {
		if (!this.map) {
			this.map = L.map(this.$body.find(".sm-map")[0], { zoomControl: true }).setView([0, 0], 2);
			this.map.attributionControl.setPrefix("");
			this.layer = L.layerGroup().addTo(this.map);
			this.products = L.layerGroup().addTo(this.map);
			this.map.on("moveend", () => this.is_read() || this.load_products());
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

	// ------------------------------------------------------------------ products

	wants_products() {
		return this.head.$days.find("input").prop("checked");
	}

	show_or_hide_map() {
		this.$body.toggleClass("sm-no-places", !this.bounds?.length && !this.wants_products());
		this.map.invalidateSize();
	}

	// Those on the part of the map that is shown; none until they are asked for.
	async load_products() {
		const asked = (this.asked_products = {});
		const wanted = this.wants_products();
		this.show_or_hide_map();
		const bounds = this.map.getBounds();
		const found = wanted
			? await frappe.xcall("aftersales.visit_planning.service_map.products", {
					south: bounds.getSouth(),
					west: bounds.getWest(),
					north: bounds.getNorth(),
					east: bounds.getEast(),
			  })
			: { products: [] };
		if (asked !== this.asked_products) return;
		this.products.clearLayers();
		if (found.products.length && !this.fitted) {
			// Nothing else has a place on this day
			this.fitted = "products";
			const places = found.products.map((product) => product.place);
			this.map.fitBounds(places, { padding: [30, 30], maxZoom: 14 });
		}
		const items = found.products.map((product) => {
			const link = frappe.utils.get_form_link(
				"Customer Equipment",
				product.name,
				true,
				this.escape(product.title || product.name)
			);
			L.circleMarker(product.place, { radius: 5, color: "#475569", weight: 2 })
				.bindPopup(`<b>${link}</b><br>${this.escape(product.customer_name || "")}`)
				.addTo(this.products);
			return `<li class="sm-product">${link} <span class="text-muted">${this.escape(
				product.customer_name || ""
			)}</span></li>`;
		});
		const count = `${items.length}${found.more ? "+" : ""}`;
		this.$body
			.find(".sm-of-products")
			.html(
				wanted
					? `<article class="sm-route"><header>${__(
							"Products",
							null,
							"After-sales"
					  )} <span class="text-muted">${count}</span></header><ul>${items.join(
							""
					  )}</ul></article>`
					: ""
			);
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
