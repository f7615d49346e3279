/** The texts of the app: English in the sources, translated by the site's catalogue. */
import { ref } from "vue";

const texts = ref<Record<string, string>>({});

export function setTexts(found: Record<string, string>, language: string): void {
	texts.value = found;
	if (typeof document !== "undefined") document.documentElement.lang = language;
}

export function __(text: string, values: unknown[] = []): string {
	const said = texts.value[text] || text;
	return said.replace(/\{(\d+)\}/g, (whole, index) => String(values[Number(index)] ?? whole));
}
