/** What the customer will have to pay, as far as a phone can know: prices without pricing rules, taxes in per cent. */
import type { Entered, Terms } from "./types";

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
}

const cents = (value: number): number => Math.round((value + Number.EPSILON) * 100) / 100;

export function estimate(
	now: Entered,
	terms: Terms | undefined,
	names: Record<string, string>
): Estimate | null {
	if (!terms?.charged || !terms.currency) return null;
	const lines: Line[] = [];
	const unpriced: string[] = [];
	const add = (text: string, qty: number, rate: number | undefined) => {
		if (!qty) return;
		if (!rate) unpriced.push(text);
		lines.push({
			text,
			qty,
			rate: rate || 0,
			amount: cents(qty * (rate || 0)),
		});
	};
	for (const row of now.labour) {
		add(
			String(row.activity),
			Number(row.hours) || 0,
			row.activity === "Travel" ? terms.travel_rate : terms.labour_rate
		);
	}
	for (const row of now.parts) {
		const item = String(row.item_code);
		add(names[item] || item, Number(row.qty) || 0, terms.rates[item]);
	}
	const net = cents(lines.reduce((sum, line) => sum + line.amount, 0));
	const tax = terms.tax_percent == null ? null : cents((net * terms.tax_percent) / 100);
	return {
		lines,
		net,
		tax,
		total: cents(net + (tax || 0)),
		currency: terms.currency,
		unpriced,
	};
}
