import { describe, expect, it } from "vitest";
import { apply, diff, entered, isEmpty, photosOf } from "@/lib/diff";
import type { Entered, Visit } from "@/lib/types";

const visit = (more: Partial<Visit> = {}): Visit => ({
	name: "SV-1",
	docstatus: 0,
	status: "On Site",
	modified: "",
	call: null,
	product: null,
	findings: null,
	cash_collected: 0,
	labour: [{ name: "a".repeat(20), activity: "Repair", hours: 1 }],
	parts: [],
	photos: [],
	...more,
});

describe("diff", () => {
	it("finds nothing where nothing was entered", () => {
		const one = entered(visit());
		expect(isEmpty(diff(one, entered(visit({ findings: "", cash_collected: undefined }))))).toBe(true);
	});

	it("says of each value what it was and what it is", () => {
		const before = entered(visit());
		const now: Entered = {
			...before,
			findings: "Valve stuck",
			labour: [{ ...before.labour[0], hours: 1.5 }],
		};
		now.parts = [{ name: "b".repeat(20), item_code: "SEAL", qty: 2, serial_no: "" }];
		expect(diff(before, now)).toEqual({
			fields: { findings: { seen: null, mine: "Valve stuck" } },
			tables: {
				labour: {
					changed: [{ name: "a".repeat(20), fields: { hours: { seen: 1, mine: 1.5 } } }],
				},
				parts: {
					added: [{ name: "b".repeat(20), values: { item_code: "SEAL", qty: 2 } }],
				},
			},
		});
	});

	it("takes away removed rows, and is made again on what the server has by now", () => {
		const before = entered(visit());
		const now: Entered = { ...before, findings: "Mine", labour: [] };
		const server = entered(
			visit({
				advice: "Theirs",
				labour: [
					{ name: "a".repeat(20), activity: "Repair", hours: 2 },
					{ name: "c".repeat(20), activity: "Travel", hours: 1 },
				],
			})
		);
		const joined = apply(server, diff(before, now));
		expect(joined.findings).toBe("Mine");
		expect(joined.advice).toBe("Theirs");
		expect(joined.labour.map((row) => row.name)).toEqual(["c".repeat(20)]);
	});

	it("names the photos that have to be sent first", () => {
		const before = entered(visit());
		const now: Entered = {
			...before,
			photos: [{ name: "d".repeat(20), photo: "sha256:ff", shows: "Before" }],
		};
		expect(photosOf(diff(before, now))).toEqual(["ff"]);
	});
});
