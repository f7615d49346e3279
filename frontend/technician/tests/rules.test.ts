import { describe, expect, it } from "vitest";
import { estimate } from "@/lib/estimate";
import { actId, phoneId, rowId } from "@/lib/ids";
import { missing } from "@/lib/missing";
import { findPart, rankParts } from "@/lib/parts";
import type { Entered, Part, Terms } from "@/lib/types";

const nothing = (more: Partial<Entered> = {}): Entered =>
	({ labour: [], parts: [], photos: [], ...more } as Entered);
const part = (item_code: string, more: Partial<Part> = {}): Part => ({
	item_code,
	item_name: item_code,
	uom: "Nos",
	van: 0,
	core_return: 0,
	has_serial_no: 0,
	has_batch_no: 0,
	barcodes: [],
	serials: [],
	...more,
});

describe("missing", () => {
	it("tells everything together, each beside its field", () => {
		const parts = {
			BOARD: part("BOARD", { has_serial_no: 1, core_return: 1 }),
		};
		const now = nothing({
			outcome: "Completed",
			parts: [{ name: "r", item_code: "BOARD", qty: 1 }],
		});
		expect(missing(now, parts).map(({ at }) => at)).toEqual([
			"findings",
			"test_result",
			"signature",
			"parts:r",
			"parts:r",
		]);
	});

	it("asks nobody to sign where nobody was, and for internal work", () => {
		expect(missing(nothing({ outcome: "No Access" }), {})).toEqual([]);
		expect(missing(nothing({ outcome: "No Fault Found" }), {}, true)).toEqual([]);
		expect(missing(nothing(), {}).map(({ at }) => at)).toEqual([
			"outcome",
			"findings",
			"test_result",
			"signature",
		]);
	});

	it("takes a reason for a signature, and no failed test for a completed repair", () => {
		const now = nothing({
			outcome: "Completed",
			findings: "x",
			test_result: "Failed",
			unsigned_reason: "ill",
		});
		expect(missing(now, {}).map(({ at }) => at)).toEqual(["test_result"]);
	});
});

describe("estimate", () => {
	const terms: Terms = {
		currency: "EUR",
		charged: true,
		labour_rate: 60,
		travel_rate: 30,
		rates: { SEAL: 42 },
		tax_percent: 13.5,
	};
	const now = nothing({
		labour: [
			{ name: "1", activity: "Repair", hours: 1 },
			{ name: "2", activity: "Travel", hours: 0.5 },
		],
		parts: [{ name: "3", item_code: "SEAL", qty: 1 }],
	});

	it("is what the server's invoice says of the same lines", () => {
		expect(estimate({ ...now, labour: [now.labour[0]] }, terms, {})).toMatchObject({
			net: 102,
			tax: 13.77,
			total: 115.77,
		});
		expect(estimate(now, terms, {})).toMatchObject({ net: 117, total: 132.8 });
	});

	it("says which lines have no price, and nothing where the customer does not pay", () => {
		const more = { ...now, parts: [{ name: "3", item_code: "FAN", qty: 1 }] };
		expect(estimate(more, terms, { FAN: "Fan" })?.unpriced).toEqual(["Fan"]);
		expect(estimate(now, { ...terms, charged: false }, {})).toBeNull();
	});
});

describe("parts", () => {
	const all = {
		SEAL: part("SEAL", {
			item_name: "Gas valve seal",
			barcodes: ["4006381333931"],
			van: 3,
		}),
		FAN: part("FAN", { item_name: "Fan", serials: ["F-7"] }),
		PUMP: part("PUMP", { item_name: "Pump", van: 1 }),
	};

	it("are found by number, bar code and serial", () => {
		expect(findPart(all, "4006381333931")).toEqual({ item: "SEAL" });
		expect(findPart(all, " F-7 ")).toEqual({ item: "FAN", serial: "F-7" });
		expect(findPart(all, "7")).toBeNull();
	});

	it("come with those that fit first, then those in the van", () => {
		expect(rankParts(Object.values(all), "", ["FAN"]).map((one) => one.item_code)).toEqual([
			"FAN",
			"SEAL",
			"PUMP",
		]);
		expect(rankParts(Object.values(all), "valve gas", []).map((one) => one.item_code)).toEqual(["SEAL"]);
	});
});

describe("ids", () => {
	it("have the form that the server takes", () => {
		expect(actId()).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
		expect(rowId()).toMatch(/^[0-9a-f]{20}$/);
		expect(phoneId()).toMatch(/^[0-9a-f]{32}$/);
	});
});
