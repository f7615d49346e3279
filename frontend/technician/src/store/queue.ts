/** Acts: stored with the visit they change in one transaction, kept in order, dealt with when they are refused. */
import { apply, diff, entered, isEmpty } from "@/lib/diff";
import { actId } from "@/lib/ids";
import type { Answer, Changes, Conflict, Quote, Visit } from "@/lib/types";
import { plain, type ActValues, type PhoneStore, type StoredAct, type StoredVisit } from "./db";

/** save, set_out, arrive, complete, collect_cash, send_report, quote, accept_quote, decline_quote, take_payment ... */
export type Kind = string;

const STATUS: Record<string, string> = {
	arrive: "On Site",
	complete: "Completed",
};

/** Store what was done: with it everything entered on the visit since the act before. */
export async function enqueue(
	store: PhoneStore,
	voucher: string,
	kind: Kind,
	values: ActValues = {},
	at = Date.now()
): Promise<StoredAct | null> {
	return store.transaction("rw", store.visits, store.acts, async () => {
		const visit = await store.visits.get(voucher);
		if (!visit) return null;
		const changes = diff(visit.queued, visit.mine);
		if (kind === "save" && isEmpty(changes)) return null;
		const last = await store.acts.where("voucher").equals(voucher).last();
		const act: StoredAct = {
			id: actId(),
			after: last?.id || null,
			voucher,
			kind,
			at,
			changes,
			values,
			state: "waiting",
			tries: 0,
		};
		act.seq = await store.acts.add(act);
		visit.queued = plain(visit.mine);
		visit.status = STATUS[kind] || visit.status;
		visit.quote = quoteAfter(kind, values, at) || visit.quote;
		if (kind === "set_out") visit.setOut = at;
		if (kind === "hand_over") visit.handedOver = true;
		if (kind === "send_report") visit.reported = String(values.to);
		visit.touched = Date.now();
		await store.visits.put(visit);
		return act;
	});
}

/** What an act of a quote means on the phone until the server has answered it. */
function quoteAfter(kind: Kind, values: ActValues, at: number): Quote | undefined {
	if (kind === "quote") return { approval_status: "Pending" };
	if (kind === "decline_quote")
		return { approval_status: "Declined", decline_reason: String(values.reason) };
	if (kind !== "accept_quote") return undefined;
	return {
		approval_status: "Approved",
		approved_amount: Number(values.limit),
		approved_by: String(values.approved_by),
		approved_at: new Date(at).toISOString(),
	};
}

/** The next act of each visit that nothing stands in the way of, the oldest first. */
export async function ready(store: PhoneStore): Promise<StoredAct[]> {
	const first = new Map<string, StoredAct>();
	for (const act of await store.acts.orderBy("seq").toArray()) {
		if (!first.has(act.voucher)) first.set(act.voucher, act);
	}
	return [...first.values()].filter((act) => act.state === "waiting");
}

/** The server has answered an act. */
export async function answered(store: PhoneStore, act: StoredAct, answer: Answer): Promise<void> {
	await store.transaction("rw", store.visits, store.acts, async () => {
		const visit = await store.visits.get(act.voucher);
		if (answer.state === "Done") {
			await store.acts.delete(act.seq!);
			if (!visit) return;
			if (answer.visit) await settle(store, visit, answer.visit);
			visit.told = told(visit.told, act, answer);
			await store.visits.put(visit);
			return;
		}
		await store.acts.update(act.seq!, {
			state: answer.state === "Conflict" ? "conflict" : "refused",
			message: answer.message || "",
			conflicts: answer.conflicts || [],
		});
		if (!visit) return;
		visit.held = true;
		if (answer.visit) visit.server = answer.visit;
		else if (answer.visit === null) visit.gone = answer.message || "?";
		await store.visits.put(visit);
	});
}

function told(before: StoredVisit["told"], act: StoredAct, answer: Answer): StoredVisit["told"] {
	const { receipt, amount_due, currency, paid } = answer;
	if (!receipt && amount_due == null) return before;
	const amount = paid ?? Number(act.values.amount ?? 0);
	const receipts = [...(before?.receipts || []), ...(receipt && amount ? [{ receipt, amount }] : [])];
	return { ...before, ...plain({ amount_due, currency }), receipts };
}

/** The server has sent the visit: what was entered here and not sent goes on over it. Inside a transaction. */
export async function settle(store: PhoneStore, visit: StoredVisit, server: Visit): Promise<void> {
	visit.server = { ...server, more: server.more || visit.server.more };
	delete visit.gone;
	if (await store.acts.where("voucher").equals(visit.name).count()) return;
	const unsent = diff(visit.queued, visit.mine);
	visit.queued = entered(server);
	visit.mine = apply(visit.queued, unsent);
	visit.status = server.status;
	delete visit.quote;
}

/** What the technician decides of a conflict: his own value over theirs, or theirs. */
export type Choice = "mine" | "theirs";

/** What comes at the end of a visit: a quote that was signed again after it was refused goes before it. */
const LAST: Record<string, number> = {
	complete: 1,
	collect_cash: 2,
	take_payment: 2,
	send_report: 2,
	hand_over: 2,
};

/** Send again what was refused, as the visit is on the screen by now, and the acts that waited behind it. `values`:
 * those of the refused act as they were corrected. */
export async function sendAgain(
	store: PhoneStore,
	voucher: string,
	choices: Choice[] = [],
	values: ActValues = {}
): Promise<void> {
	await store.transaction("rw", store.visits, store.acts, async () => {
		const visit = await store.visits.get(voucher);
		const acts = await store.acts.where("voucher").equals(voucher).sortBy("seq");
		if (!visit || !acts.length) return;
		(acts[0].conflicts || []).forEach((conflict, index) => {
			if (choices[index] !== "mine") takeTheirs(visit, conflict);
		});
		const changes: Changes = diff(entered(visit.server), visit.mine);
		let after: string = acts[0].id;
		acts[0].values = { ...acts[0].values, ...values };
		await store.acts.bulkDelete(acts.map((act) => act.seq!));
		acts.sort((one, other) => (LAST[one.kind] || 0) - (LAST[other.kind] || 0));
		for (const [index, act] of acts.entries()) {
			const fresh: StoredAct = {
				id: actId(),
				after,
				voucher,
				kind: act.kind,
				at: act.at,
				changes: index === 0 ? changes : {},
				values: act.values,
				state: "waiting",
				tries: 0,
			};
			after = fresh.id;
			await store.acts.add(fresh);
		}
		visit.queued = plain(visit.mine);
		visit.held = false;
		await store.visits.put(visit);
	});
}

/** Give up what was refused and what waited behind it: the visit is again as the server has it. */
export async function discard(store: PhoneStore, voucher: string): Promise<void> {
	await store.transaction("rw", store.visits, store.acts, store.photos, async () => {
		await store.acts.where("voucher").equals(voucher).delete();
		await store.photos.where("voucher").equals(voucher).delete();
		const visit = await store.visits.get(voucher);
		if (!visit) return;
		if (visit.gone) return void (await store.visits.delete(voucher));
		visit.queued = entered(visit.server);
		visit.mine = plain(visit.queued);
		visit.status = visit.server.status;
		visit.held = false;
		delete visit.quote;
		delete visit.reported;
		delete visit.handedOver;
		delete visit.setOut;
		await store.visits.put(visit);
	});
}

function takeTheirs(visit: StoredVisit, conflict: Conflict): void {
	if (!conflict.table) {
		if (conflict.field) (visit.mine as Record<string, unknown>)[conflict.field] = conflict.theirs;
		return;
	}
	const rows = visit.mine[conflict.table] || [];
	const row = rows.find((one) => one.name === conflict.row);
	if (!row) return;
	if (conflict.field) row[conflict.field] = conflict.theirs;
	else visit.mine[conflict.table] = rows.filter((one) => one !== row);
}
