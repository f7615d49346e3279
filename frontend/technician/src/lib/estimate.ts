/** What the customer would have to pay: as the server has priced and quoted it, else as far as a phone can know, with
 * prices without pricing rules and taxes in per cent. Pure. */
import type { Entered, Priced, Quote, Row, Terms } from "./types";

export interface Line {
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
	server: { priced?: Record<string, Priced>; quote?: Quote | null } = {}
): Estimate | null {
	if (!terms?.charged || !terms.currency) return null;
	const lines: Line[] = [];
	const unpriced: string[] = [];
	const add = (row: Row, text: string, qty: number, rate: number | undefined) => {
		if (!qty) return;
		const priced = server.priced?.[row.name];
		const each = priced?.rate || rate || 0;
		if (!each) unpriced.push(text);
		const amount = priced && priced.qty === qty ? priced.amount : qty * each;
		lines.push({ text, qty, rate: each, amount: cents(amount) });
	};
	for (const row of now.labour) {
		const rate = row.activity === "Travel" ? terms.travel_rate : terms.labour_rate;
		add(row, String(row.activity), Number(row.hours) || 0, rate);
	}
	for (const row of now.parts) {
		const item = String(row.item_code);
		add(row, names[item] || item, Number(row.qty) || 0, terms.rates[item]);
	}
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

/** Whether `net` is more than the customer accepted and the tolerance (per cent) allows; the server decides. */
export const exceeds = (net: number, accepted: number, tolerance: number): boolean =>
	cents(net) > cents(accepted * (1 + tolerance / 100));
