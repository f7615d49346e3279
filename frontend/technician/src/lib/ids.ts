const hex = (bytes: number): string =>
	[...crypto.getRandomValues(new Uint8Array(bytes))]
		.map((byte) => byte.toString(16).padStart(2, "0"))
		.join("");

export const actId = (): string => {
	const text = hex(16);
	return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join(
		"-"
	);
};
export const rowId = (): string => hex(10);
export const phoneId = (): string => hex(16);
