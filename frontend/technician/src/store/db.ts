/** What the phone keeps: a database for each user, so that nobody meets the data of another. */
import Dexie, { type Table as DexieTable } from "dexie";
import type { Accessory, Changes, Conflict, Entered, Handover, Quote, Value, Visit } from "@/lib/types";

export interface StoredVisit {
	name: string;
	/** As the server last sent it. */
	server: Visit;
	/** The entered values as they are once all queued acts are done. */
	queued: Entered;
	/** The entered values as they are on the screen. */
	mine: Entered;
	/** What was pressed here and is not on the server yet: Dispatched → On Site → Completed. */
	status: string;
	/** Why the visit is no longer this technician's, while something of it has not been sent. */
	gone?: string;
	/** The last answers worth showing: receipts, amount due. */
	told?: { receipts?: { receipt: string; amount: number }[]; amount_due?: number; currency?: string };
	/** What the customer has answered to the quote here, until the server knows it. */
	quote?: Quote;
	/** When the customer was told from here that somebody is on the way. */
	setOut?: number;
	/** The receipt for the product, as it is entered here. */
	handover?: Handover;
	/** The receipt was signed here. */
	handedOver?: boolean;
	/** Where the report was sent to from here. */
	reported?: string;
	/** The server refused an act of it: it is open again until the technician has dealt with that. */
	held?: boolean;
	/** The row of labour whose hours run since arrival, until somebody sets them. */
	timer?: { row: string; at: number };
	touched: number;
}

export type ActValues = Record<string, Value | Accessory[]>;

export interface StoredAct {
	seq?: number;
	id: string;
	after: string | null;
	voucher: string;
	kind: string;
	at: number;
	changes: Changes;
	values: ActValues;
	state: "waiting" | "refused" | "conflict";
	message?: string;
	conflicts?: Conflict[];
	tries: number;
}

export interface StoredPhoto {
	key: string;
	voucher: string;
	digest: string;
	blob: Blob;
	size: number;
	sent: number;
	done: 0 | 1;
}

/** A manual or another document of a product, whole. */
export interface StoredFile {
	digest: string;
	blob: Blob;
}

export class PhoneStore extends Dexie {
	meta!: DexieTable<{ key: string; value: unknown }, string>;
	visits!: DexieTable<StoredVisit, string>;
	acts!: DexieTable<StoredAct, number>;
	photos!: DexieTable<StoredPhoto, string>;
	files!: DexieTable<StoredFile, string>;

	constructor(public readonly user: string) {
		super(`technician:${user}`);
		this.version(1).stores({
			meta: "key",
			visits: "name",
			acts: "++seq, &id, voucher, state",
			photos: "key, voucher, done",
		});
		// Checklists and documents: what an older version of the app has stored goes on
		this.version(2)
			.stores({ files: "digest" })
			.upgrade((step) =>
				step
					.table<StoredVisit>("visits")
					.toCollection()
					.modify((visit) => {
						visit.mine.answers ||= [];
						visit.queued.answers ||= [];
					})
			);
	}

	async get<T>(key: string): Promise<T | undefined> {
		return (await this.meta.get(key))?.value as T | undefined;
	}

	async put(key: string, value: unknown): Promise<void> {
		await this.meta.put({ key, value });
	}
}

export const photoKey = (voucher: string, digest: string): string => `${voucher}:${digest}`;

/** A copy that IndexedDB can take: what Vue makes reactive it cannot. */
export const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
