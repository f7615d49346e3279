/** The texts of the app: English in the sources, translated by the site's catalogue. */
import { ref } from "vue";

/** Written from right to left, as Frappe knows them. */
const FROM_THE_RIGHT = ["ar", "fa", "he", "ps"];

const texts = ref<Record<string, string>>({});

export function setTexts(found: Record<string, string>, language: string): void {
	texts.value = found;
	if (typeof document === "undefined") return;
	document.documentElement.lang = language;
	document.title = __("Technician");
	document.documentElement.dir = FROM_THE_RIGHT.includes(language.split("-")[0]) ? "rtl" : "ltr";
}

export function __(text: string, values: unknown[] = []): string {
	const said = texts.value[text] || text;
	return said.replace(/\{(\d+)\}/g, (whole, index) => String(values[Number(index)] ?? whole));
}
