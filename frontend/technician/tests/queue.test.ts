import "fake-indexeddb/auto";
import Dexie from "dexie";
import { beforeEach, describe, expect, it, vi } from "vitest";
import * as api from "@/lib/api";
import { entered, photosOf } from "@/lib/diff";
import type { Answer, Visit } from "@/lib/types";
import { PhoneStore, photoKey } from "@/store/db";
import { keepFiles, MOST_BYTES } from "@/store/files";
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

describe("quotes", () => {
	const signed = { limit: 102, approved_by: "N. Byrne", signature: "data:" };

	it("count on the phone as answered until the server has answered", async () => {
		await enqueue(store, "SV-1", "quote");
		expect((await store.visits.get("SV-1"))?.quote?.approval_status).toBe("Pending");
		await enqueue(store, "SV-1", "accept_quote", signed);
		expect((await store.visits.get("SV-1"))?.quote).toMatchObject({
			approval_status: "Approved",
			approved_amount: 102,
			approved_by: "N. Byrne",
		});
		const quote = { approval_status: "Approved" as const, approved_amount: 102 };
		take.mockResolvedValue({ state: "Done", visit: server("SV-1", { quote }) });
		await sendAll(store, "p");
		const visit = await store.visits.get("SV-1");
		expect([visit?.quote, visit?.server.quote]).toEqual([undefined, quote]);
	});

	it("signed again after the end was refused go before it", async () => {
		await enqueue(store, "SV-1", "complete");
		await enqueue(store, "SV-1", "send_report", { to: "n.byrne@example.com" });
		take.mockResolvedValue({ state: "Refused", message: "More than accepted", visit: server("SV-1") });
		await sendAll(store, "p");
		await enqueue(store, "SV-1", "accept_quote", signed);
		await sendAgain(store, "SV-1");
		const acts = await store.acts.where("voucher").equals("SV-1").sortBy("seq");
		expect(acts.map((act) => act.kind)).toEqual(["accept_quote", "complete", "send_report"]);
		expect(acts.map((act) => act.state)).toEqual(["waiting", "waiting", "waiting"]);
		expect(acts[1].after).toBe(acts[0].id);
	});
});

describe("messages to the customer", () => {
	it("are sent once, also after the visit was left and opened again", async () => {
		await enqueue(store, "SV-1", "set_out", { minutes: 20 }, 5);
		await enqueue(store, "SV-1", "send_report", { to: "n.byrne@example.com" });
		take.mockResolvedValue({ state: "Done", visit: server("SV-1") });
		await sendAll(store, "p");
		expect(await store.visits.get("SV-1")).toMatchObject({ setOut: 5, reported: "n.byrne@example.com" });
	});
});

describe("payments", () => {
	it("that were refused are sent again with the corrected amount, and their receipts are kept", async () => {
		await enqueue(store, "SV-1", "take_payment", { amount: 500, mode: "Card", key: "k" });
		take.mockResolvedValueOnce({ state: "Refused", message: "More than due", visit: server("SV-1") });
		await sendAll(store, "p");
		await sendAgain(store, "SV-1", [], { amount: 50 });
		take.mockResolvedValueOnce({ state: "Done", receipt: "SP-1", paid: 50, visit: server("SV-1") });
		await sendAll(store, "p");
		expect(take.mock.calls[1][1]).toMatchObject({ values: { amount: 50, mode: "Card", key: "k" } });
		expect((await store.visits.get("SV-1"))?.told?.receipts).toEqual([{ receipt: "SP-1", amount: 50 }]);
	});
});

describe("answers to checklists", () => {
	const photo = `sha256:${"a".repeat(64)}`;

	it("go as changes of rows, zero among them, and bring their photos before them", async () => {
		const row = { name: "q1", value: 0, value_is_set: 0 };
		const one = server("SV-3", { answers: [row, { name: "q2" }] });
		await store.visits.put({
			name: "SV-3",
			server: one,
			queued: entered(one),
			mine: {
				...entered(one),
				answers: [
					{ name: "q1", value: 0, value_is_set: 1 },
					{ name: "q2", photo },
				],
			},
			status: "On Site",
			touched: 0,
		});
		const act = await enqueue(store, "SV-3", "save");
		expect(act?.changes.tables?.answers?.changed).toEqual([
			{ name: "q1", fields: { value_is_set: { seen: 0, mine: 1 } } },
			{ name: "q2", fields: { photo: { seen: null, mine: photo } } },
		]);
		expect(photosOf(act!.changes)).toEqual(["a".repeat(64)]);
	});
});

describe("a newer version of the app", () => {
	it("goes on with what an older one has stored and not sent", async () => {
		const user = "older@example.com";
		const older = new Dexie(`technician:${user}`);
		older.version(1).stores({
			meta: "key",
			visits: "name",
			acts: "++seq, &id, voucher, state",
			photos: "key, voucher, done",
		});
		const before = entered(server("SV-9"));
		delete (before as { answers?: unknown }).answers;
		await older.table("visits").put({
			name: "SV-9",
			server: server("SV-9"),
			queued: before,
			mine: { ...before, findings: "Valve stuck" },
			status: "On Site",
			touched: 0,
		});
		const waiting = {
			id: "id-1",
			after: null,
			voucher: "SV-9",
			kind: "arrive",
			at: 1,
			changes: {},
			values: {},
		};
		await older.table("acts").add({ ...waiting, state: "waiting", tries: 0 });
		older.close();

		const newer = new PhoneStore(user);
		take.mockResolvedValue({ state: "Done", visit: server("SV-9", { status: "On Site", answers: [] }) });
		await enqueue(newer, "SV-9", "save");
		expect((await sendAll(newer, "p")).sent).toBe(2);
		expect(take.mock.calls.map(([, act]) => (act as { id: string }).id)[0]).toBe("id-1");
		expect(take.mock.calls[1][1]).toMatchObject({
			after: "id-1",
			changes: { fields: { findings: { seen: null, mine: "Valve stuck" } } },
		});
	});
});

describe("documents", () => {
	const one = (digest: string, bytes = 10) => ({
		name: digest,
		title: digest,
		kind: "Manual",
		digest,
		bytes,
		file: `/f/${digest}`,
	});

	it("are fetched once by content, and deleted when no visit needs them", async () => {
		const fetched = vi.fn(async () => new Blob(["x"]));
		expect(
			await keepFiles(store, [one("a"), one("a"), one("b"), one("big", MOST_BYTES + 1)], fetched)
		).toEqual(["a", "b"]);
		expect(fetched.mock.calls).toEqual([["/f/a"], ["/f/b"]]);
		expect(await keepFiles(store, [one("b")], fetched)).toEqual(["b"]);
		expect(await store.files.toCollection().primaryKeys()).toEqual(["b"]);
		expect(fetched).toHaveBeenCalledTimes(2);
	});

	it("that cannot be fetched are fetched the next time", async () => {
		const failing = vi
			.fn()
			.mockRejectedValueOnce(new api.NoNetwork(""))
			.mockResolvedValue(new Blob(["x"]));
		expect(await keepFiles(store, [one("c"), one("d")], failing)).toEqual(["d"]);
		expect((await keepFiles(store, [one("c"), one("d")], failing)).sort()).toEqual(["c", "d"]);
	});
});
