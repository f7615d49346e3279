/** What service prices charge of a visit and include in it: as service_prices/price_rules.py on the server, which
 * decides. Pure. */
import type { Charges, Row, ServicePrice } from "./types";

export interface Work {
	name: string;
	qty: number;
	each: number;
	/** Of a part. */
	item?: string;
	isTravel?: boolean;
}

const sorted = (charges: Charges, names: Iterable<string>): [string, ServicePrice][] =>
	[...new Set(names)].sort().flatMap((name): [string, ServicePrice][] => {
		const price = charges.prices[name];
		return price ? [[name, price]] : [];
	});

/** Row → how much of it is paid by a price already. `charged`: prices that rows of the visit charge. */
export function included(charges: Charges, charged: Iterable<string>, rows: Work[]): Map<string, number> {
	const found = new Map<string, number>();
	for (const [, price] of sorted(charges, charged)) {
		if (price.travel) {
			for (const row of rows) if (row.isTravel && !found.has(row.name)) found.set(row.name, row.qty);
		}
		let left = price.hours ?? Infinity;
		for (const row of rows) {
			if (row.item || row.isTravel || found.has(row.name) || !left) continue;
			const hours = Math.min(row.qty, left);
			left -= hours;
			found.set(row.name, hours);
		}
		for (const [item, qty] of Object.entries(price.parts)) {
			let rest = qty;
			for (const row of rows) {
				if (row.item !== item || found.has(row.name) || !rest) continue;
				const taken = Math.min(row.qty, rest);
				rest -= taken;
				found.set(row.name, taken);
			}
		}
	}
	return found;
}

/** Surcharge → amount, on work that begins at `begin` (site's time) or at the times of its row. */
export function surcharges(
	charges: Charges,
	labour: { row: Row; hours: number; amount: number }[],
	begin: string
): Map<string, number> {
	const found = new Map<string, number>();
	for (const { row, hours, amount } of labour) {
		const from = moment(row.from_time && row.to_time ? String(row.from_time) : begin);
		const to = row.from_time && row.to_time ? moment(String(row.to_time)) : from + hours;
		if (!amount || !(to > from)) continue;
		for (const one of charges.surcharges) {
			const shared = Math.min(to, moment(one.to)) - Math.max(from, moment(one.from));
			if (shared <= 0) continue;
			const more = (amount * shared * one.percent) / (to - from) / 100;
			found.set(one.name, (found.get(one.name) || 0) + more);
		}
	}
	return found;
}

/** A time of the site as hours, whatever zone the phone is in: only differences are used. */
const moment = (text: string): number => Date.parse(`${text.slice(0, 19).replace(" ", "T")}Z`) / 3_600_000;
