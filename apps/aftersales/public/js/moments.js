frappe.provide("aftersales");

const LOCALE = "aftersales-user";

// A moment written by a pattern, with days and months named in the user's language: the moment of Frappe speaks
// English only, the browser knows the names.
aftersales.written_moment = (when, pattern) => when.clone().locale(locale()).format(pattern);

function locale() {
	if (!moment.locales().includes(LOCALE)) {
		const before = moment.locale();
		moment.defineLocale(LOCALE, { parentLocale: "en", ...names() });
		moment.locale(before);
	}
	return LOCALE;
}

function names() {
	const named = (count, day, options) => {
		const format = new Intl.DateTimeFormat(language(), {
			...options,
			calendar: "gregory", // in Persian or Thai the browser would name those of another calendar
			timeZone: "UTC",
		});
		return Array.from({ length: count }, (_, number) => format.format(day(number)));
	};
	const month = (number) => Date.UTC(2024, number, 15);
	const weekday = (number) => Date.UTC(2024, 8, 1 + number); // 1 September 2024 was a Sunday
	return {
		months: named(12, month, { month: "long" }),
		monthsShort: named(12, month, { month: "short" }),
		weekdays: named(7, weekday, { weekday: "long" }),
		weekdaysShort: named(7, weekday, { weekday: "short" }),
		weekdaysMin: named(7, weekday, { weekday: "narrow" }),
	};
}

// The user's language where the browser knows it; a language of the site's own has no names there.
function language() {
	try {
		const [known] = Intl.DateTimeFormat.supportedLocalesOf((frappe.boot.lang || "en").replace("_", "-"));
		return known || "en";
	} catch {
		return "en";
	}
}
