/** Calls to the server (field_service/mobile/api.py) with the browser's session. */
import type { Answer, Parcel } from "./types";

export interface Session {
	user: string;
	full_name: string;
	csrf_token: string;
	technician: string | null;
	now: string;
	zone: string;
	language: string;
	texts: Record<string, string>;
}

/** There is no network, or no answer: what was sent may have arrived. */
export class NoNetwork extends Error {}
/** Nobody is logged in, or somebody else. */
export class LoggedOut extends Error {}
/** The server says no to this request, in words. */
export class Refused extends Error {}
/** The server failed, and may not the next time. */
export class ServerError extends Error {}

const METHODS = "/api/method/aftersales.field_service.mobile.api.";
const TIMEOUT = 60_000;
let csrf = "";

export async function session(): Promise<Session> {
	const found = (await ask("session")) as Session;
	csrf = found.csrf_token;
	return found;
}

export const load = (values: Record<string, unknown>): Promise<Parcel> =>
	send("load", values) as Promise<Parcel>;
export const take = (user: string, act: unknown): Promise<Answer> =>
	send("take", { user, act }) as Promise<Answer>;
export const upload = (values: Record<string, unknown>): Promise<{ received: number; done: boolean }> =>
	send("upload", values) as Promise<{ received: number; done: boolean }>;

/** Whether an administrator wants this phone's data deleted; asked without a session, too. */
export async function isWiped(phone: string): Promise<boolean> {
	return Boolean(
		(
			(await answer(await reach(`/technician/phone/${phone}`, {}))) as {
				wipe?: boolean;
			}
		).wipe
	);
}

export async function sayWiped(phone: string): Promise<void> {
	await reach(`/technician/phone/${phone}`, {
		method: "POST",
		headers: headers(),
	});
}

/** A file of the site that the session's user may read. */
export async function file(url: string): Promise<Blob> {
	const response = await reach(url, {});
	if (!response.ok) throw new Refused(String(response.status));
	return response.blob();
}

export async function logOut(): Promise<void> {
	await reach("/api/method/logout", { method: "POST", headers: headers() });
}

async function send(method: string, values: Record<string, unknown>): Promise<unknown> {
	if (!csrf) await session();
	const post = () =>
		reach(METHODS + method, {
			method: "POST",
			headers: { ...headers(), "Content-Type": "application/json" },
			body: JSON.stringify(values),
		});
	let response = await post();
	if (response.status === 400 || response.status === 401 || response.status === 403) {
		// Another session than before: its token is another, too. Who is logged in and refused once more, may not.
		if ((await session()).user !== values.user) throw new LoggedOut("");
		response = await post();
		if (response.status === 403)
			throw new Refused(messages(await response.json().catch(() => ({}))) || "403");
	}
	return unwrap(await answer(response));
}

async function ask(method: string): Promise<unknown> {
	return unwrap(await answer(await reach(METHODS + method, { headers: headers() })));
}

const headers = (): Record<string, string> => ({
	Accept: "application/json",
	...(csrf && { "X-Frappe-CSRF-Token": csrf }),
});

async function reach(address: string, options: RequestInit): Promise<Response> {
	try {
		return await fetch(address, {
			credentials: "same-origin",
			cache: "no-store",
			signal: AbortSignal.timeout(TIMEOUT),
			...options,
		});
	} catch (error) {
		throw new NoNetwork(String(error));
	}
}

async function answer(response: Response): Promise<Record<string, unknown>> {
	let found: Record<string, unknown>;
	try {
		found = await response.json();
	} catch (error) {
		if (response.ok) throw new NoNetwork(String(error)); // a page of some network before ours, or half an answer
		found = {};
	}
	if (response.ok) return found;
	const said = messages(found);
	if (response.status === 401 || response.status === 403) throw new LoggedOut(said);
	// Two changed the same record at the same moment: nothing was stored, the next try will
	const collided = ["QueryDeadlockError", "QueryTimeoutError"].includes(String(found.exc_type));
	if (collided || response.status >= 500 || response.status === 429 || response.status === 408)
		throw new ServerError(said);
	throw new Refused(said || String(response.status));
}

const unwrap = (found: Record<string, unknown>): unknown => found.message;

function messages(found: Record<string, unknown>): string {
	try {
		return (JSON.parse(String(found._server_messages || "[]")) as string[])
			.map((one) =>
				String((JSON.parse(one) as { message?: string }).message || "").replace(/<[^>]*>/g, "")
			)
			.join(" ");
	} catch {
		return "";
	}
}
