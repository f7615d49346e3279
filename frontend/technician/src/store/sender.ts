/** Sends what the phone has: photos in pieces, then the acts that name them, those of a visit one after the other. */
import * as api from "@/lib/api";
import { photosOf } from "@/lib/diff";
import { photoKey, type PhoneStore, type StoredAct } from "./db";
import { answered, ready } from "./queue";

/** Bytes of a piece of a photo: a multiple of three, whose base64 is a text that the server takes (64 kB). */
export const PIECE = 3 * 15 * 1024;

export interface Outcome {
	sent: number;
	/** Why it stopped before the end. */
	stopped: "" | "offline" | "login" | "server";
	message?: string;
}

/** Send until nothing is ready; the server's failure on one visit leaves the others to go on. */
export async function sendAll(store: PhoneStore, phone: string): Promise<Outcome> {
	const outcome: Outcome = { sent: 0, stopped: "" };
	const failed = new Set<string>();
	for (;;) {
		const acts = (await ready(store)).filter((act) => !failed.has(act.voucher));
		if (!acts.length) return outcome;
		for (const act of acts) {
			try {
				await sendOne(store, phone, act);
				outcome.sent += 1;
			} catch (error) {
				if (error instanceof api.NoNetwork) return { ...outcome, stopped: "offline" };
				if (error instanceof api.LoggedOut)
					return { ...outcome, stopped: "login", message: error.message };
				if (!(error instanceof api.ServerError)) throw error;
				failed.add(act.voucher);
				await store.acts.update(act.seq!, { tries: act.tries + 1 });
				outcome.stopped = "server";
			}
		}
	}
}

async function sendOne(store: PhoneStore, phone: string, act: StoredAct): Promise<void> {
	try {
		for (const digest of photosOf(act.changes)) await sendPhoto(store, act.voucher, digest);
		const { id, after, voucher, kind, at, changes, values } = act;
		const answer = await api.take(store.user, {
			id,
			after,
			voucher,
			kind,
			at,
			sent_at: Date.now(),
			phone,
			changes,
			values,
		});
		if (answer.state === "Wait") throw new api.ServerError(`waits for ${answer.for}`);
		await answered(store, act, answer);
		if (answer.state === "Done") await forgetPhotos(store, act);
	} catch (error) {
		if (!(error instanceof api.Refused)) throw error;
		await answered(store, act, {
			state: "Refused",
			message: error.message,
			visit: undefined,
		});
	}
}

/** The pieces that the server does not have yet. */
async function sendPhoto(store: PhoneStore, voucher: string, digest: string): Promise<void> {
	const photo = await store.photos.get(photoKey(voucher, digest));
	if (!photo || photo.done) return;
	const call = { user: store.user, voucher, digest, size: photo.size };
	let { received, done } = await api.upload({ ...call, offset: 0, piece: "" });
	while (!done) {
		const piece = await base64(photo.blob.slice(received, received + PIECE));
		const before = received;
		({ received, done } = await api.upload({
			...call,
			offset: received,
			piece,
		}));
		if (!done && received === before && before !== 0) throw new api.ServerError("no piece was taken");
		await store.photos.update(photo.key, { sent: received });
	}
	await store.photos.update(photo.key, { done: 1, sent: photo.size });
}

/** A photo that is on a document is kept there. */
async function forgetPhotos(store: PhoneStore, act: StoredAct): Promise<void> {
	await store.photos.bulkDelete(photosOf(act.changes).map((digest) => photoKey(act.voucher, digest)));
}

async function base64(blob: Blob): Promise<string> {
	const bytes = new Uint8Array(await blob.arrayBuffer());
	let text = "";
	for (let index = 0; index < bytes.length; index += 0x8000) {
		text += String.fromCharCode(...bytes.subarray(index, index + 0x8000));
	}
	return btoa(text);
}
