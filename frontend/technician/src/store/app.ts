/** The state of the app: whose phone it is, what is on it, what waits, and whether the server was reached. */
import { reactive, shallowRef } from "vue";
import * as api from "@/lib/api";
import { apply, diff, entered } from "@/lib/diff";
import { setTexts } from "@/lib/i18n";
import { phoneId } from "@/lib/ids";
import type { Elsewhere, Entered, Parcel } from "@/lib/types";
import { PhoneStore, plain, type ActValues, type StoredVisit } from "./db";
import { keepFiles } from "./files";
import { isStale, look, tidy, type Keeping } from "./keeping";
import { forget, recall, remember } from "./phone";
import { enqueue, settle, type Kind } from "./queue";
import { sendAll } from "./sender";

export type Rest = Omit<Parcel, "visits" | "digest" | "elsewhere">;

export const app = reactive({
	ready: false,
	user: "",
	fullName: "",
	technician: null as string | null,
	zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
	language: navigator.language,
	online: navigator.onLine,
	needsLogin: false,
	sending: false,
	loadedAt: 0,
	waiting: 0,
	refused: 0,
	serverFails: false,
	keeping: null as Keeping | null,
	/** A newer version of the app is here and takes over when pressed. */
	update: false,
	version: __VERSION__,
	elsewhere: [] as Elsewhere[],
	/** Digests of the documents that are on the phone. */
	files: [] as string[],
});

export const store = shallowRef<PhoneStore | null>(null);
export const visits = shallowRef<StoredVisit[]>([]);
export const rest = shallowRef<Rest | null>(null);

declare global {
	const __VERSION__: string;
}

// ------------------------------------------------------------------ beginning

export async function start(): Promise<void> {
	const known = await recall<string>("user");
	const said = await recall<{ texts: Record<string, string>; language: string }>("texts");
	if (said) setTexts(said.texts, said.language);
	if (known) await open(known);
	app.ready = Boolean(known);
	await refresh();
	app.ready = true;
	window.addEventListener("online", () => void refresh());
	window.addEventListener("offline", () => (app.online = false));
	document.addEventListener("visibilitychange", () => {
		if (document.visibilityState === "visible") void refresh();
	});
	setInterval(() => void (app.waiting && send()), 30_000);
	setInterval(() => void refresh(), 15 * 60_000);
}

/** Take up the data of a user; those of another stay where they are, out of sight. */
async function open(user: string): Promise<void> {
	if (store.value?.user === user) return;
	store.value?.close();
	const opened = new PhoneStore(user);
	try {
		await opened.open();
	} catch {
		app.keeping = { writable: false, persisted: false, free: 0, enough: false };
		return;
	}
	store.value = opened;
	await remember("user", user);
	app.user = user;
	if (await isStale(opened)) await wipe(opened);
	const about = await opened.get<Partial<typeof app>>("about");
	Object.assign(app, about || { fullName: user, technician: null });
	app.loadedAt = (await opened.get<number>("loaded")) || 0;
	rest.value = (await opened.get<Rest>("rest")) || null;
	app.files = await opened.files.toCollection().primaryKeys();
	await show();
	app.keeping = await look(opened);
}

/** Read the visits and what waits from the phone. */
export async function show(): Promise<void> {
	const db = store.value;
	if (!db) return;
	const found = await db.visits.toArray();
	found.sort((one, other) => order(one).localeCompare(order(other)));
	visits.value = found;
	app.waiting = await db.acts.where("state").equals("waiting").count();
	app.refused = await db.acts.where("state").anyOf("refused", "conflict").count();
}

const order = (visit: StoredVisit): string => `${visit.server.planned_start || "9999"} ${visit.name}`;

// ------------------------------------------------------------------ with the server

let refreshing: Promise<void> | null = null;

/** Ask who is logged in, send what waits, and bring the days to come up to date. */
export function refresh(): Promise<void> {
	refreshing ||= reach().finally(() => (refreshing = null));
	return refreshing;
}

async function reach(): Promise<void> {
	try {
		if (await obeyWipe()) return;
		const session = await api.session();
		// At once: a request that finds the session ended meanwhile has the last word
		app.online = true;
		app.needsLogin = false;
		const { texts, language: spoken } = session;
		setTexts(texts, spoken);
		await remember("texts", { texts, language: spoken });
		await open(session.user);
		Object.assign(app, {
			fullName: session.full_name,
			technician: session.technician,
			zone: session.zone,
			language: session.language,
		});
		const { fullName, technician, zone, language } = app;
		await store.value?.put("about", { fullName, technician, zone, language });
		await send();
		await loadParcel();
	} catch (error) {
		noteFailure(error);
	}
}

function noteFailure(error: unknown): void {
	app.online = !(error instanceof api.NoNetwork) && navigator.onLine;
	if (error instanceof api.LoggedOut) app.needsLogin = true;
	else if (!(error instanceof api.NoNetwork || error instanceof api.ServerError)) throw error;
}

async function loadParcel(): Promise<void> {
	const db = store.value;
	if (!db) return;
	const parcel = await api.load({
		user: db.user,
		phone: await number(db),
		known: (await db.get<string>("digest")) || null,
		device: navigator.userAgent.replace(/^Mozilla\/5\.0 /, "").slice(0, 140),
		version: app.version,
		unsent: app.waiting + app.refused,
	});
	if (parcel.wipe) return void (await obeyWipe());
	app.elsewhere = parcel.elsewhere || [];
	if (!parcel.unchanged) await keep(db, parcel);
	await db.put("loaded", (app.loadedAt = Date.now()));
	await show();
	if (app.keeping?.writable === false) return;
	app.files = await keepFiles(db, Object.values(rest.value?.documents || {}).flat(), api.file);
}

async function keep(db: PhoneStore, parcel: Parcel): Promise<void> {
	const { visits: sent, digest, ...others } = parcel;
	delete others.elsewhere; // is told anew each time
	await db.transaction("rw", db.visits, db.acts, db.meta, async () => {
		for (const server of sent) {
			const known = await db.visits.get(server.name);
			const fresh: StoredVisit = known || {
				name: server.name,
				server,
				queued: entered(server),
				mine: entered(server),
				status: server.status,
				touched: Date.now(),
			};
			await settle(db, fresh, server);
			await db.visits.put(fresh);
		}
		await db.put("rest", others);
		await db.put("digest", digest);
	});
	const wanted = new Set(sent.map((visit) => visit.name));
	// What was entered and pressed nowhere yet is an act, too, before the visit goes
	for (const visit of await db.visits.toArray())
		if (!wanted.has(visit.name)) await enqueue(db, visit.name, "save");
	await tidy(db, wanted);
	rest.value = others;
}

/** What was entered while something was being sent is sent right after it. */
let again = false;

/** Send what waits; one page of the phone at a time. */
export async function send(): Promise<void> {
	const db = store.value;
	if (!db) return;
	if (app.sending) return void (again = true);
	app.sending = true;
	again = false;
	try {
		const phone = await number(db);
		const work = () => sendAll(db, phone);
		const outcome = await (navigator.locks
			? navigator.locks.request(
					`technician-send:${db.user}`,
					{ ifAvailable: true },
					(lock) => lock && work()
			  )
			: work());
		if (outcome?.stopped === "login") app.needsLogin = true;
		if (outcome?.stopped === "offline") app.online = false;
		else if (outcome?.sent) app.online = true;
		app.serverFails = outcome?.stopped === "server";
		again &&= !outcome?.stopped;
	} finally {
		app.sending = false;
		await show();
	}
	if (again) await send();
}

// ------------------------------------------------------------------ what the technician does

/** Store an act on the phone, then send it if there is a network. */
export async function act(voucher: string, kind: Kind, values: ActValues = {}): Promise<void> {
	if (!store.value) return;
	await enqueue(store.value, voucher, kind, values);
	await show();
	void send();
}

/** Keep what was entered on the screen since `before`, the entries as the screen had them stored (JSON): over what an
 * answer of the server has changed meanwhile, which stays. Rejects when the phone cannot store it. */
export async function keepEntered(visit: StoredVisit, before: string): Promise<void> {
	const db = store.value;
	try {
		await db?.transaction("rw", db.visits, async () => {
			const stored = await db.visits.get(visit.name);
			const isChanged = stored && before && JSON.stringify(stored.mine) !== before;
			const mine = plain(visit.mine);
			await db.visits.update(visit.name, {
				mine: isChanged ? apply(stored.mine, diff(JSON.parse(before) as Entered, mine)) : mine,
				...(visit.handover && { handover: plain(visit.handover) }),
				touched: Date.now(),
			});
		});
	} catch (error) {
		if (app.keeping) app.keeping = { ...app.keeping, writable: false, enough: false };
		throw error;
	}
}

// ------------------------------------------------------------------ leaving the phone

/** The number of this user's data on this phone. */
async function number(db: PhoneStore): Promise<string> {
	let found = await db.get<string>("phone");
	if (!found) await db.put("phone", (found = phoneId()));
	return found;
}

async function obeyWipe(): Promise<boolean> {
	const db = store.value;
	const phone = await db?.get<string>("phone");
	if (!db || !phone || !(await api.isWiped(phone))) return false;
	await wipe(db);
	await api.sayWiped(phone).catch(() => {});
	await forget("user", "texts");
	location.reload();
	return true;
}

/** Delete everything of a user on this phone. */
export async function wipe(db: PhoneStore): Promise<void> {
	await Promise.all([
		db.visits.clear(),
		db.acts.clear(),
		db.photos.clear(),
		db.files.clear(),
		db.meta.clear(),
	]);
	visits.value = [];
	rest.value = null;
	await show();
}

/** Log out: what is sent is deleted; what is not stays, and is seen again by the same user only. */
export async function logOut(): Promise<void> {
	const db = store.value;
	await send();
	if (db && !app.waiting && !app.refused) await wipe(db);
	await forget("user", "texts");
	await api.logOut().catch(() => {});
	location.assign("/login");
}
