/** Manuals and documents of the products of the coming days: whole on the phone, once by content. */
import type { ProductDocument } from "@/lib/types";
import type { PhoneStore } from "./db";

/** Bytes: what is bigger is opened with a network only. */
export const MOST_BYTES = 25 * 1024 * 1024;

/** Fetch what is not here yet and delete what no visit needs any more; returns the digests that are here. What cannot be
 * fetched is fetched the next time. */
export async function keepFiles(
	store: PhoneStore,
	documents: ProductDocument[],
	fetchFile: (url: string) => Promise<Blob>
): Promise<string[]> {
	const wanted = new Map(
		documents
			.filter((one) => one.file && one.digest && (one.bytes || 0) <= MOST_BYTES)
			.map((one) => [one.digest!, one.file!])
	);
	const here = new Set(await store.files.toCollection().primaryKeys());
	await store.files.bulkDelete([...here].filter((digest) => !wanted.has(digest)));
	for (const [digest, url] of wanted) {
		if (here.has(digest)) continue;
		try {
			await store.files.put({ digest, blob: await fetchFile(url) });
			here.add(digest);
		} catch {
			// no network, no room, or not allowed: the document says that it is not here
		}
	}
	return [...here].filter((digest) => wanted.has(digest));
}
