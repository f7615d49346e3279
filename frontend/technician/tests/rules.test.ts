import { describe, expect, it } from "vitest";
import { answerState, limits, numberIn } from "@/lib/checklist";
import { estimate, exceeds } from "@/lib/estimate";
import { actId, phoneId, rowId } from "@/lib/ids";
import { emptyHandover, handedOver, missingOfReceipt } from "@/lib/handover";
import { missing, type About } from "@/lib/missing";
import { findPart, rankParts } from "@/lib/parts";
import type { Charges, Checklist, Entered, Part, Question, Terms } from "@/lib/types";

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
		expect(missing(nothing({ outcome: "No Fault Found" }), {}, { internal: true })).toEqual([]);
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

const question = (name: string, kind: Question["kind"], more: Partial<Question> = {}): Question => ({
	name,
	question: name,
	kind,
	reqd: 0,
	has_lower: 0,
	lower: 0,
	has_upper: 0,
	upper: 0,
	choices: [],
	bad_choices: [],
	...more,
});

describe("checklists", () => {
	const flue = question("flue", "Yes or No", { good_answer: "Yes", reqd: 1 });
	const co = question("co", "Value", {
		has_upper: 1,
		upper: 50,
		has_lower: 1,
		lower: 0,
		uom: "ppm",
		reqd: 1,
	});
	const seal = question("seal", "Choice", { choices: ["New", "Worn"], bad_choices: ["Worn"] });
	const open: Checklist = { name: "CL-1", template: "Boiler", status: "Open", questions: [flue, co, seal] };
	const done = { outcome: "Completed", findings: "x", test_result: "Passed", unsigned_reason: "ill" };

	it("are asked for where they were worked on, each question that has to be answered", () => {
		const asked = (now: Partial<Entered>, one: Checklist = open) =>
			missing(nothing(now), {}, { checklists: [one] }).map(({ at }) => at);
		expect(asked(done)).toEqual(["answers:flue", "answers:co"]);
		expect(asked({ ...done, answers: [{ name: "flue", yes_no: "No" }] })).toEqual(["answers:co"]);
		expect(asked({ ...done, outcome: "Revisit Needed" })).toEqual([]);
		expect(asked(done, { ...open, status: "Complete" })).toEqual([]);
	});

	it.each([
		[co, { value: 0, value_is_set: 1 }, "Good"],
		[co, { value: 0, value_is_set: 0 }, ""],
		[co, { value: 50, value_is_set: 1 }, "Good"],
		[co, { value: 51, value_is_set: 1 }, "Out of Limits"],
		[co, { value: -1, value_is_set: 1 }, "Out of Limits"],
		[flue, { yes_no: "Yes" }, "Good"],
		[flue, { yes_no: "No" }, "Out of Limits"],
		[flue, { yes_no: "Not Applicable" }, "Good"],
		[flue, { yes_no: " " }, ""],
		[seal, { choice: "Worn" }, "Out of Limits"],
		[seal, { choice: "New" }, "Good"],
	] as [Question, Record<string, string | number>, string][])(
		"say whether an answer is within its limits: %#",
		(asked, given, state) => {
			expect(answerState(asked, { name: asked.name, ...given })).toBe(state);
		}
	);

	it("read numbers as they are typed, and say their limits", () => {
		expect(["1,5", " 0 ", "", "-", "x"].map(numberIn)).toEqual([1.5, 0, null, null, null]);
		expect(limits(co)).toBe("0 – 50 ppm");
	});
});

describe("quotes", () => {
	const done = nothing({
		outcome: "Completed",
		findings: "x",
		test_result: "Passed",
		unsigned_reason: "ill",
	});

	it("have to be answered, and not gone beyond", () => {
		const at = (about: About) => missing(done, {}, about).map((one) => one.at);
		expect(at({ quote: { approval_status: "Pending" }, charged: true })).toEqual(["quote"]);
		expect(at({ quote: { approval_status: "Pending" }, charged: false })).toEqual([]);
		expect(at({ quote: { approval_status: "Approved" }, exceeded: true })).toEqual(["quote"]);
		expect(at({ quote: { approval_status: "Declined" }, exceeded: true })).toEqual([]);
		expect([exceeds(105, 100, 5), exceeds(105.01, 100, 5)]).toEqual([false, true]);
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

	it("is the server's quote once it has quoted these lines, and its prices of rows that are not changed", () => {
		const priced = { "1": { qty: 1, rate: 60, amount: 30 }, "3": { qty: 2, rate: 40, amount: 80 } };
		const one = { ...now, labour: [now.labour[0]] };
		// half an hour is included in a flat rate; the seal costs 40 by agreement, now one of it
		expect(estimate(one, terms, {}, { priced })).toMatchObject({ net: 70, quoted: false });
		const quote = {
			approval_status: "Pending" as const,
			quotation: "QTN-1",
			net: 70,
			taxes: 9,
			total: 79.05,
		};
		expect(estimate(one, terms, {}, { priced, quote })).toMatchObject({
			net: 70,
			tax: 9,
			total: 79.05,
			quoted: true,
		});
		expect(estimate(now, terms, {}, { priced, quote })?.quoted).toBe(false);
	});

	it("says which lines have no price, and nothing where the customer does not pay", () => {
		const more = { ...now, parts: [{ name: "3", item_code: "FAN", qty: 1 }] };
		expect(estimate(more, terms, { FAN: "Fan" })?.unpriced).toEqual(["Fan"]);
		expect(estimate(now, { ...terms, charged: false }, {})).toBeNull();
	});
});

describe("service prices", () => {
	const terms: Terms = {
		currency: "EUR",
		charged: true,
		labour_rate: 60,
		travel_rate: 30,
		rates: { SEAL: 42 },
		tax_percent: 13.5,
	};
	const charges: Charges = {
		prices: {
			"Call-out Zone 1": { kind: "Call-out", text: "Call-out", hours: 0.5, travel: true, parts: {} },
			Night: { kind: "Surcharge", text: "Night", hours: 0, travel: false, parts: {} },
			Least: { kind: "Minimum Charge", text: "Least", hours: 0, travel: false, parts: {} },
		},
		surcharges: [{ name: "Night", percent: 10, from: "2026-11-30 00:00:00", to: "2026-12-02 00:00:00" }],
		minimum: "Least",
		least: 100,
		begin: "2026-11-30 09:00:00",
	};
	const priced = { c: { qty: 1, rate: 45, amount: 45, price: "Call-out Zone 1" } };
	const now = (hours: number) =>
		nothing({
			labour: [
				{ name: "1", activity: "Repair", hours },
				{ name: "2", activity: "Travel", hours: 0.5 },
			],
			parts: [
				{ name: "c", item_code: "OUT", qty: 1 },
				{ name: "3", item_code: "SEAL", qty: 1 },
			],
		});
	const amounts = (hours: number) =>
		estimate(now(hours), terms, {}, { priced, charges })!.lines.map(({ text, amount }) => [text, amount]);

	it("are charged and included without a network as the server would", () => {
		// half an hour and the travel are in the call-out; a tenth more at night; up to the least
		expect(amounts(1)).toEqual([
			["Repair", 30],
			["Travel", 0],
			["SEAL", 42],
			["Call-out", 45],
			["Night", 3],
			["Least", 22],
		]);
		expect(estimate(now(1), terms, {}, { priced, charges })).toMatchObject({ net: 142, total: 161.17 });
		expect(amounts(3).slice(3)).toEqual([
			["Call-out", 45],
			["Night", 15],
		]);
	});

	it("fall on the hours that they have: a third of the work from 21 o'clock on", () => {
		const late = { ...charges, minimum: null, least: 0 };
		late.surcharges = [{ ...charges.surcharges[0], percent: 50, from: "2026-11-30 23:00:00" }];
		const night = (begin: string) =>
			estimate(now(1.5), terms, {}, { priced, charges: late }, begin)!.lines.find(
				(line) => line.text === "Night"
			)?.amount;
		expect(night("2026-11-30 22:00:00")).toBe(10); // 60 of work, half an hour of 1.5, 50 %
		expect(night("2026-11-30 12:00:00")).toBeUndefined();
	});
});

describe("the receipt for a product", () => {
	it("lacks condition and signature, and a word on the loaner where the site asks for it", () => {
		const receipt = emptyHandover("N. Byrne");
		expect(missingOfReceipt(receipt, true).map(({ at }) => at)).toEqual([
			"receipt:condition",
			"receipt:loaner",
			"receipt:signature",
		]);
		const signed = { ...receipt, condition: "Scratched", signature: "data:image/png;base64,x" };
		expect(missingOfReceipt(signed, false)).toEqual([]);
		expect(missingOfReceipt({ ...receipt, later: true }, true)).toEqual([]);
		expect(handedOver(signed)).toEqual({
			condition: "Scratched",
			accessories: [],
			signature: "data:image/png;base64,x",
			signed_by: "N. Byrne",
		});
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
