/** What the phone knows whoever uses it: whose turn it was last, and the texts of their language. Kept like the
 * visits, because localStorage is written late and a phone that ends the browser loses it. */
import Dexie, { type Table } from "dexie";

class Phone extends Dexie {
	meta!: Table<{ key: string; value: unknown }, string>;

	constructor() {
		super("technician");
		this.version(1).stores({ meta: "key" });
	}
}

const phone = new Phone();

export async function recall<T>(key: string): Promise<T | undefined> {
	try {
		return (await phone.meta.get(key))?.value as T | undefined;
	} catch {
		return undefined;
	}
}

export async function remember(key: string, value: unknown): Promise<void> {
	try {
		await phone.meta.put({ key, value });
	} catch {
		// The store is full: the app says so where work is entered
	}
}

export async function forget(...keys: string[]): Promise<void> {
	await phone.meta.bulkDelete(keys).catch(() => {});
}
