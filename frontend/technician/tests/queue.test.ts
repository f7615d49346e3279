import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import * as api from "@/lib/api";
import { entered } from "@/lib/diff";
import type { Answer, Visit } from "@/lib/types";
import { PhoneStore, photoKey } from "@/store/db";
import { tidy } from "@/store/keeping";
import { answered, discard, enqueue, ready, sendAgain, settle } from "@/store/queue";
import { sendAll } from "@/store/sender";

vi.mock("@/lib/api", async (original) => ({
	...(await original<typeof api>()),
	take: vi.fn(),
	upload: vi.fn(),
}));
const take = vi.mocked(api.take);
const upload = vi.mocked(api.upload);

let store: PhoneStore;
let count = 0;

const server = (name: string, more: Partial<Visit> = {}): Visit => ({
	name,
	docstatus: 0,
	status: "Dispatched",
	modified: "",
	call: null,
	product: null,
	labour: [],
	parts: [],
	photos: [],
	...more,
});

async function put(name: string): Promise<void> {
	const one = server(name);
	const values = {
		queued: entered(one),
		mine: entered(one),
		status: one.status,
		touched: 0,
	};
	await store.visits.put({ name, server: one, ...values });
}

async function enter(name: string, values: Record<string, string>): Promise<void> {
	const visit = (await store.visits.get(name))!;
	await store.visits.update(name, { mine: { ...visit.mine, ...values } });
}

beforeEach(async () => {
	vi.resetAllMocks();
	store = new PhoneStore(`someone${(count += 1)}@example.com`);
	await put("SV-1");
	await put("SV-2");
});

describe("acts", () => {
	it("take along what was entered since the act before, and name it", async () => {
		await enter("SV-1", { findings: "Valve" });
		const first = await enqueue(store, "SV-1", "arrive");
		await enter("SV-1", { advice: "Flush" });
		const second = await enqueue(store, "SV-1", "complete");
		expect(first?.changes.fields).toEqual({
			findings: { seen: null, mine: "Valve" },
		});
		expect(second?.changes.fields).toEqual({
			advice: { seen: null, mine: "Flush" },
		});
		expect([first?.after, second?.after]).toEqual([null, first?.id]);
		expect((await store.visits.get("SV-1"))?.status).toBe("Completed");
		expect(await enqueue(store, "SV-1", "save")).toBeNull();
	});

	it("are sent in order, visit by visit, each until it is answered", async () => {
		for (const [name, kind] of [
			["SV-1", "arrive"],
			["SV-2", "arrive"],
			["SV-1", "complete"],
		])
			await enqueue(store, name, kind);
		take.mockImplementation(async (_user, act) => ({
			state: "Done",
			visit: server((act as { voucher: string }).voucher),
		}));
		expect(await sendAll(store, "p")).toEqual({ sent: 3, stopped: "" });
		const sent = take.mock.calls.map(([, act]) => act as { voucher: string; kind: string });
		expect(sent.filter((act) => act.voucher === "SV-1").map((act) => act.kind)).toEqual([
			"arrive",
			"complete",
		]);
		expect(await store.acts.count()).toBe(0);
	});

	it("stay with the same id while there is no network or no answer", async () => {
		const act = await enqueue(store, "SV-1", "arrive");
		take.mockRejectedValue(new api.NoNetwork());
		expect((await sendAll(store, "p")).stopped).toBe("offline");
		take.mockRejectedValue(new api.LoggedOut());
		expect((await sendAll(store, "p")).stopped).toBe("login");
		expect((await ready(store)).map((one) => one.id)).toEqual([act?.id]);
	});

	it("of one visit that the server fails on do not hold up the others", async () => {
		await enqueue(store, "SV-1", "arrive");
		await enqueue(store, "SV-2", "arrive");
		take.mockImplementation(async (_user, act) => {
			if ((act as { voucher: string }).voucher === "SV-1") throw new api.ServerError("500");
			return { state: "Done", visit: server("SV-2") };
		});
		expect(await sendAll(store, "p")).toMatchObject({
			sent: 1,
			stopped: "server",
		});
		expect((await store.acts.toArray()).map((act) => act.voucher)).toEqual(["SV-1"]);
	});

	it("keep what is entered while one is on its way", async () => {
		await enter("SV-1", { findings: "Valve" });
		const act = (await enqueue(store, "SV-1", "arrive"))!;
		await enter("SV-1", { advice: "Typed since" });
		await answered(store, act, {
			state: "Done",
			visit: server("SV-1", { findings: "Valve", status: "On Site" }),
		});
		const visit = (await store.visits.get("SV-1"))!;
		expect([visit.mine.findings, visit.mine.advice, visit.queued.advice]).toEqual([
			"Valve",
			"Typed since",
			null,
		]);
	});
});

describe("a refusal", () => {
	const refused: Answer = {
		state: "Refused",
		message: "Set Test Result",
		visit: server("SV-1"),
	};

	it("holds up its visit and no other until it is dealt with, and is sent again under a new id", async () => {
		await enqueue(store, "SV-1", "arrive");
		await enter("SV-1", { findings: "Valve" });
		await enqueue(store, "SV-1", "complete", { x: 1 }, 77);
		await enqueue(store, "SV-2", "arrive");
		take.mockImplementation(async (_user, act) =>
			(act as { voucher: string }).voucher === "SV-1"
				? refused
				: { state: "Done", visit: server("SV-2") }
		);
		await sendAll(store, "p");
		const [first, second] = await store.acts.toArray();
		expect([first.state, first.message, second.state]).toEqual(["refused", "Set Test Result", "waiting"]);
		expect(await ready(store)).toEqual([]);

		await enter("SV-1", { test_result: "Passed" });
		await sendAgain(store, "SV-1");
		const again = await store.acts.toArray();
		expect(again.map((act) => [act.kind, act.state])).toEqual([
			["arrive", "waiting"],
			["complete", "waiting"],
		]);
		expect(again[0].after).toBe(first.id);
		expect(again[1]).toMatchObject({
			after: again[0].id,
			at: 77,
			values: { x: 1 },
			changes: {},
		});
		expect(Object.keys(again[0].changes.fields!)).toEqual(["findings", "test_result"]);
	});

	it("shows both values, and sends what the technician chose", async () => {
		await enter("SV-1", { findings: "Mine", advice: "Mine too" });
		const act = (await enqueue(store, "SV-1", "save"))!;
		const theirs = server("SV-1", { findings: "Theirs", advice: "Theirs too" });
		const conflicts = ["findings", "advice"].map((field) => ({
			field,
			table: null,
			row: null,
			label: field,
			mine: "Mine",
			theirs: theirs[field] as string,
		}));
		await answered(store, act, { state: "Conflict", conflicts, visit: theirs });
		await sendAgain(store, "SV-1", ["mine", "theirs"]);
		const [again] = await store.acts.toArray();
		expect(again.changes.fields).toEqual({
			findings: { seen: "Theirs", mine: "Mine" },
		});
		expect((await store.visits.get("SV-1"))?.mine.advice).toBe("Theirs too");
	});

	it("of a visit given to another keeps what was entered until it is discarded", async () => {
		await enter("SV-1", { findings: "Mine" });
		const act = (await enqueue(store, "SV-1", "save"))!;
		await answered(store, act, {
			state: "Refused",
			message: "Not yours",
			visit: null,
		});
		await tidy(store, new Set(["SV-2"]));
		const visit = (await store.visits.get("SV-1"))!;
		expect([visit.gone, visit.mine.findings]).toEqual(["Not yours", "Mine"]);
		await discard(store, "SV-1");
		expect(await store.visits.get("SV-1")).toBeUndefined();
		expect(await store.acts.count()).toBe(0);
	});
});

describe("photos", () => {
	it("go in pieces before the act that names them, on from where the network failed", async () => {
		const blob = new Blob([new Uint8Array(250_000).fill(7)]);
		const key = photoKey("SV-1", "ff");
		await store.photos.put({
			key,
			voucher: "SV-1",
			digest: "ff",
			blob,
			size: blob.size,
			sent: 0,
			done: 0,
		});
		const visit = (await store.visits.get("SV-1"))!;
		visit.mine.photos.push({
			name: "e".repeat(20),
			photo: "sha256:ff",
			shows: "Before",
		});
		await store.visits.put(visit);
		await enqueue(store, "SV-1", "save");
		let received = 0;
		let fail = true;
		upload.mockImplementation(async ({ offset, piece }) => {
			const bytes = atob(String(piece)).length;
			if (bytes && received > 90_000 && fail) {
				fail = false;
				throw new api.NoNetwork();
			}
			if (offset === received) received += bytes;
			return { received, done: received === blob.size };
		});
		take.mockResolvedValue({ state: "Done", visit: server("SV-1") });
		expect((await sendAll(store, "p")).stopped).toBe("offline");
		expect(take).not.toHaveBeenCalled();
		expect(await sendAll(store, "p")).toEqual({ sent: 1, stopped: "" });
		expect(received).toBe(blob.size);
		expect(await store.photos.count()).toBe(0);
	});
});

describe("the days brought up to date", () => {
	it("leave alone what waits to be sent", async () => {
		await enter("SV-1", { findings: "Mine" });
		await enqueue(store, "SV-1", "save");
		await store.transaction("rw", store.visits, store.acts, async () => {
			const visit = (await store.visits.get("SV-1"))!;
			await settle(store, visit, server("SV-1", { findings: "Theirs" }));
			await store.visits.put(visit);
		});
		const visit = (await store.visits.get("SV-1"))!;
		expect([visit.mine.findings, visit.server.findings]).toEqual(["Mine", "Theirs"]);
	});

	it("delete visits that are over and sent", async () => {
		await enqueue(store, "SV-2", "arrive");
		await tidy(store, new Set());
		expect((await store.visits.toArray()).map((visit) => visit.name)).toEqual(["SV-2"]);
	});
});

describe("two users of one phone", () => {
	it("have a database each", async () => {
		const other = new PhoneStore("other@example.com");
		await store.put("phone", "1");
		expect(await other.get("phone")).toBeUndefined();
		expect(await other.visits.count()).toBe(0);
	});
});
