/** A photo from the camera into the phone's store: made small, named by its content. */
import { sha256, shrink } from "./image";
import { photoKey, type PhoneStore } from "@/store/db";

/** Store the picture for a visit; returns the name that rows give it. Rejects when it cannot be read or stored. */
export async function storePhoto(store: PhoneStore, voucher: string, file: Blob): Promise<string> {
	const blob = await shrink(file);
	const digest = await sha256(blob);
	const key = photoKey(voucher, digest);
	if (!(await store.photos.get(key)))
		await store.photos.put({ key, voucher, digest, blob, size: blob.size, sent: 0, done: 0 });
	return `sha256:${digest}`;
}

/** An address to show a photo by: of the server, or of what is on the phone; empty when it is in neither. */
export async function addressOf(store: PhoneStore | null, voucher: string, photo: string): Promise<string> {
	if (!photo.startsWith("sha256:")) return photo;
	const stored = await store?.photos.get(photoKey(voucher, photo.slice(7)));
	return stored ? URL.createObjectURL(stored.blob) : "";
}
