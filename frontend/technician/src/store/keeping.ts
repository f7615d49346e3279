/** How long the phone keeps what, and whether it can keep anything: said before work is entered. */
import type { PhoneStore } from "./db";

/** Days after which data that could not be brought up to date is deleted, when nothing of it waits to be sent. */
export const KEEP_DAYS = 14;
const DAY = 86_400_000;
/** Bytes that a day of visits with photos may take. */
const ROOM_NEEDED = 40 * 1024 * 1024;

export interface Keeping {
	writable: boolean;
	persisted: boolean;
	/** Free bytes as the browser estimates them; null where it does not say. */
	free: number | null;
	enough: boolean;
}

export async function look(store: PhoneStore): Promise<Keeping> {
	const writable = await probe(store);
	const persisted = (await navigator.storage?.persist?.().catch(() => false)) ?? false;
	const found = await navigator.storage?.estimate?.().catch(() => null);
	const free = found?.quota == null ? null : found.quota - (found.usage || 0);
	return {
		writable,
		persisted,
		free,
		enough: writable && (free == null || free > ROOM_NEEDED),
	};
}

async function probe(store: PhoneStore): Promise<boolean> {
	try {
		await store.put("probe", "x".repeat(64 * 1024));
		await store.put("probe", Date.now());
		return true;
	} catch {
		return false;
	}
}

/** Delete what is over and sent, and everything that is older than KEEP_DAYS and has nothing to send. */
export async function tidy(store: PhoneStore, wanted: Set<string>): Promise<void> {
	await store.transaction("rw", store.visits, store.acts, store.photos, async () => {
		const waiting = new Set((await store.acts.toArray()).map((act) => act.voucher));
		for (const visit of await store.visits.toArray()) {
			if (wanted.has(visit.name) || waiting.has(visit.name)) continue;
			await store.visits.delete(visit.name);
			await store.photos.where("voucher").equals(visit.name).delete();
		}
	});
}

export async function isStale(store: PhoneStore): Promise<boolean> {
	const loaded = (await store.get<number>("loaded")) || Date.now();
	return Date.now() - loaded > KEEP_DAYS * DAY && !(await store.acts.count());
}
