/** Finding a part among those on the phone. Pure. */
import type { Part } from "./types";

export interface RankedPart extends Part {
	fits: boolean;
}

const MOST = 40;

/** Parts that have each word in name, number or bar code: those that fit first, then those in the van. */
export function rankParts(parts: Part[], text: string, fits: string[]): RankedPart[] {
	const words = text.toLowerCase().split(/\s+/).filter(Boolean);
	const fitting = new Set(fits);
	return parts
		.filter((part) => {
			const said = [part.item_code, part.item_name, ...part.barcodes, ...part.serials]
				.join(" ")
				.toLowerCase();
			return words.every((word) => said.includes(word));
		})
		.map((part) => ({ ...part, fits: fitting.has(part.item_code) }))
		.sort(
			(one, other) =>
				Number(other.fits) - Number(one.fits) ||
				Number(other.van > 0) - Number(one.van > 0) ||
				one.item_name.localeCompare(other.item_name)
		)
		.slice(0, MOST);
}

/** The part whose number, bar code or serial number is exactly `code`. */
export function findPart(
	parts: Record<string, Part>,
	code: string
): { item: string; serial?: string } | null {
	const wanted = code.trim();
	if (!wanted) return null;
	if (parts[wanted]) return { item: wanted };
	for (const part of Object.values(parts)) {
		if (part.barcodes.includes(wanted)) return { item: part.item_code };
		if (part.serials.includes(wanted)) return { item: part.item_code, serial: wanted };
	}
	return null;
}
