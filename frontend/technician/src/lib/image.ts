/** Photos made small enough for a slow network, and named by their content. */
const SIDE = 1600;
const QUALITY = 0.8;

export async function shrink(file: Blob): Promise<Blob> {
	const picture = await createImageBitmap(file);
	const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
	const canvas = document.createElement("canvas");
	canvas.width = Math.round(picture.width * scale);
	canvas.height = Math.round(picture.height * scale);
	canvas.getContext("2d")!.drawImage(picture, 0, 0, canvas.width, canvas.height);
	picture.close();
	return new Promise((resolve, reject) =>
		canvas.toBlob(
			(blob) => (blob ? resolve(blob) : reject(new Error("no picture"))),
			"image/jpeg",
			QUALITY
		)
	);
}

export async function sha256(blob: Blob): Promise<string> {
	const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
	return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
