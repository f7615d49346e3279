/** Times as the server writes them (site's time zone), and as people read them. */
import { __ } from "./i18n";

const parts = (text: string) => text.slice(0, 19).replace("T", " ");

export const timeOfDay = (text?: string | null): string => (text ? parts(text).slice(11, 16) : "");

export const dayOf = (text?: string | null): string => (text ? parts(text).slice(0, 10) : "");

/** The day now in the site's time zone. */
export function today(zone: string): string {
	return new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date());
}

export function dayName(day: string, zone: string, language: string): string {
	if (!day) return __("Not planned");
	if (day === today(zone)) return __("Today");
	const date = new Date(`${day}T12:00:00Z`);
	return new Intl.DateTimeFormat(language, {
		weekday: "long",
		day: "numeric",
		month: "short",
	}).format(date);
}

export const date = (text: string | undefined, language: string): string =>
	text ? new Intl.DateTimeFormat(language).format(new Date(`${dayOf(text)}T12:00:00Z`)) : "";

export const clock = (at: number, zone: string): string =>
	new Intl.DateTimeFormat("en-GB", {
		timeZone: zone,
		hour: "2-digit",
		minute: "2-digit",
	}).format(at);

/** A moment as the server writes it, in the site's time zone. */
export const siteTime = (at: number, zone: string): string =>
	new Intl.DateTimeFormat("sv-SE", {
		timeZone: zone,
		dateStyle: "short",
		timeStyle: "medium",
	}).format(at);

/** Hours since `at`, in quarters, at least one. */
export const hoursSince = (at: number): number => Math.max(0.25, Math.round((Date.now() - at) / 900_000) / 4);

export const money = (amount: number, currency: string | null | undefined, language: string): string => {
	try {
		return new Intl.NumberFormat(language, {
			style: "currency",
			currency: currency || "EUR",
		}).format(amount);
	} catch {
		return `${amount.toFixed(2)} ${currency || ""}`;
	}
};
