// Dates of the dispatch board as people write them.

// The browser knows the region (en-IE), the user's settings only the language (en).
export function date_in_words(day, how) {
	const language = frappe.boot.lang || "en";
	const locale = navigator.language?.startsWith(language) ? navigator.language : language;
	return new Date(`${day}T12:00`).toLocaleDateString(locale, how);
}
