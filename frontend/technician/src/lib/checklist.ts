/** What an answer of a checklist says: whether it is there, and within its limits. As service_checklists/
 * checklist_rules.py on the server, which decides. Pure. */
import type { Question, Row, Value } from "./types";

/** Outcomes of a visit that need no checklist. */
const NOT_WORKED_ON = ["No Access", "Not Repairable", "Declined", "Taken to Workshop", "Revisit Needed"];
export const YES_NO = ["Yes", "No", "Not Applicable"];

export const needsChecklist = (outcome: Value): boolean => !NOT_WORKED_ON.includes(String(outcome || ""));

export const isMeasured = (question: Question): boolean => ["Value", "Meter"].includes(question.kind);

export function isAnswered(question: Question, given: Row | undefined): boolean {
	if (!given) return false;
	if (isMeasured(question)) return Boolean(Number(given.value_is_set)) || Boolean(Number(given.value));
	const answer = {
		"Yes or No": given.yes_no,
		Choice: given.choice,
		Text: given.text,
		Photo: given.photo,
		Signature: given.signature,
	}[question.kind as "Text"];
	return Boolean(String(answer || "").trim());
}

export function answerState(question: Question, given: Row | undefined): "" | "Good" | "Out of Limits" {
	if (!given || !isAnswered(question, given)) return "";
	if (isMeasured(question)) {
		const value = Number(given.value);
		const below = question.has_lower && value < question.lower;
		const above = question.has_upper && value > question.upper;
		return below || above ? "Out of Limits" : "Good";
	}
	if (question.kind === "Yes or No") {
		const wrong =
			question.good_answer && ![question.good_answer, "Not Applicable"].includes(String(given.yes_no));
		return wrong ? "Out of Limits" : "Good";
	}
	return question.kind === "Choice" && question.bad_choices.includes(String(given.choice))
		? "Out of Limits"
		: "Good";
}

/** The limits of a value, such as "≤ 50 ppm"; empty without any. */
export function limits({ has_lower, lower, has_upper, upper, uom }: Question): string {
	const unit = uom ? ` ${uom}` : "";
	if (has_lower && has_upper) return `${lower} – ${upper}${unit}`;
	if (has_lower) return `≥ ${lower}${unit}`;
	return has_upper ? `≤ ${upper}${unit}` : "";
}

/** The number in what was typed, with a point or a comma; null for none. */
export function numberIn(text: string): number | null {
	const typed = text.trim().replace(",", ".");
	return typed && Number.isFinite(Number(typed)) ? Number(typed) : null;
}
