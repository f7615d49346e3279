/** What the customer would have to pay: as the server has priced and quoted it, else as far as a phone can know, with
 * prices without pricing rules and taxes in per cent. Pure. */
import { included, surcharges, type Work } from "./charges";
import type { Charges, Entered, Priced, Quote, Row, Terms } from "./types";

export interface Line {
	/** Name of the row; none of what a service price charges. */
	row?: string;
	text: string;
	qty: number;
	rate: number;
	amount: number;
}

export interface Estimate {
	lines: Line[];
	net: number;
	tax: number | null;
	total: number;
	currency: string;
	/** Lines without a price on the phone: the total will be more. */
	unpriced: string[];
	/** The server has quoted exactly these lines. */
	quoted: boolean;
}

const cents = (value: number): number => Math.round((value + Number.EPSILON) * 100) / 100;

export function estimate(
	now: Entered,
	terms: Terms | undefined,
	names: Record<string, string>,
	server: { priced?: Record<string, Priced>; quote?: Quote | null; charges?: Charges | null } = {},
	begin?: string
): Estimate | null {
	if (!terms?.charged || !terms.currency) return null;
	const rows = now.labour.map((row) => of(row, Number(row.hours), hourly(row, terms), server.priced));
	const parts = now.parts.filter((row) => !server.priced?.[row.name]?.price);
	for (const row of parts) {
		const item = String(row.item_code);
		rows.push({ ...of(row, Number(row.qty), terms.rates[item], server.priced), item });
	}
	const { charges } = server;
	const charged = now.parts.filter((row) => server.priced?.[row.name]?.price);
	const free = charges ? included(charges, kept(charged, server), rows) : null;
	const unpriced: string[] = [];
	const lines: Line[] = rows
		.filter((row) => row.qty)
		.map((row) => {
			const text = row.item ? names[row.item] || row.item : row.activity!;
			if (!row.each) unpriced.push(text);
			const known = !free && row.priced?.qty === row.qty ? row.priced.amount : undefined;
			const amount = cents(known ?? Math.max(0, row.qty - (free?.get(row.name) || 0)) * row.each);
			return { row: row.name, text, qty: row.qty, rate: row.each, amount };
		});
	lines.push(...charge(now, charged, server, lines, begin));
	const net = cents(lines.reduce((sum, line) => sum + line.amount, 0));
	const { quote } = server;
	const quoted = Boolean(quote?.quotation && Math.abs((quote.net || 0) - net) < 0.005);
	const guessed = terms.tax_percent == null ? null : cents((net * terms.tax_percent) / 100);
	const tax = quoted ? quote!.taxes || 0 : guessed;
	return {
		lines,
		net,
		tax,
		total: quoted ? quote!.total || 0 : cents(net + (tax || 0)),
		currency: terms.currency,
		unpriced,
		quoted,
	};
}

type Server = { priced?: Record<string, Priced>; charges?: Charges | null };
const priceOf = (row: Row, server: Server) => server.priced?.[row.name]?.price || "";
const kindOf = (row: Row, server: Server) => server.charges?.prices[priceOf(row, server)]?.kind;
const FIXED = ["Flat Rate", "Call-out"];

/** The prices that include something: flat rates and call-outs that the server has put on the visit. */
const kept = (charged: Row[], server: Server) =>
	charged.filter((row) => FIXED.includes(kindOf(row, server) || "")).map((row) => priceOf(row, server));

function hourly(row: Row, terms: Terms): number {
	return row.activity === "Travel" ? terms.travel_rate : terms.labour_rate;
}

function of(row: Row, qty: number, rate: number | undefined, priced: Record<string, Priced> = {}) {
	const known = priced[row.name];
	return {
		name: row.name,
		qty: qty || 0,
		each: known?.rate || rate || 0,
		priced: known,
		activity: row.activity ? String(row.activity) : undefined,
		isTravel: row.activity === "Travel",
	} as Work & { priced?: Priced; activity?: string };
}

/** Lines that service prices charge: those the server has put on the visit, with surcharge and minimum anew. */
function charge(
	now: Entered,
	charged: Row[],
	server: Server & { quote?: Quote | null },
	lines: Line[],
	begin?: string
): Line[] {
	const { charges, priced } = server;
	const line = (text: string, amount: number): Line => ({
		text,
		qty: 1,
		rate: amount,
		amount: cents(amount),
	});
	const text = (row: Row) => charges?.prices[priceOf(row, server)]?.text || String(row.item_code);
	if (!charges) return charged.map((row) => line(text(row), priced![row.name].amount));
	const found = charged
		.filter((row) => FIXED.includes(kindOf(row, server) || ""))
		.map((row) => line(text(row), priced![row.name].amount || priced![row.name].rate));
	const amounts = new Map(lines.map((one) => [one.row, one.amount]));
	const labour = now.labour.map((row) => ({
		row,
		hours: Number(row.hours) || 0,
		amount: amounts.get(row.name) || 0,
	}));
	const extra = surcharges(charges, labour, begin || String(now.arrived_at || charges.begin));
	for (const [name, amount] of extra) {
		if (cents(amount)) found.push(line(charges.prices[name]?.text || name, amount));
	}
	const counted = [...labour, ...found].reduce((sum, one) => sum + one.amount, 0);
	const lacking = cents(charges.least - counted);
	if (charges.minimum && labour.length && lacking > 0)
		found.push(line(charges.prices[charges.minimum].text, lacking));
	return found;
}

/** Whether `net` is more than the customer accepted and the tolerance (per cent) allows; the server decides. */
export const exceeds = (net: number, accepted: number, tolerance: number): boolean =>
	cents(net) > cents(accepted * (1 + tolerance / 100));
