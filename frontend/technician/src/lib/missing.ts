/** What a visit still lacks before it can be completed: all of it together, each beside its field. The same as the
 * server asks (visit_rules.missing_for_completion, old_parts.require_old_parts, checklist_rules.missing,
 * quotes.validate_answer); the server decides. */
import { isAnswered, needsChecklist } from "./checklist";
import { __ } from "./i18n";
import type { Checklist, Entered, Part, Quote } from "./types";

export interface Missing {
	/** The field, or the row's table and name, that the message belongs to. */
	at: string;
	text: string;
}

export interface About {
	/** Work without a customer, who could sign. */
	internal?: boolean;
	checklists?: Checklist[];
	quote?: Quote | null;
	/** What is charged goes beyond what was accepted. */
	exceeded?: boolean;
	/** Something is charged to the customer. */
	charged?: boolean;
}

export function missing(now: Entered, parts: Record<string, Part>, about: About = {}): Missing[] {
	const { internal } = about;
	const found: Missing[] = [];
	const need = (at: string, text: string, there: unknown) => {
		if (!there) found.push({ at, text });
	};
	need("outcome", __("Choose how the visit ended."), now.outcome);
	// Before it is said how the visit ended, all that a completed one needs is told
	if (now.outcome === "Completed" || !now.outcome) {
		need("findings", __("Enter what was found and done."), String(now.findings || "").trim());
		need("test_result", __("Enter the result of the test, or that it was not tested."), now.test_result);
		if (now.outcome && now.test_result === "Failed") {
			found.push({
				at: "test_result",
				text: __("The test failed, so the outcome cannot be Completed."),
			});
		}
	}
	if (now.outcome !== "No Access" && !internal) {
		if (!now.customer_signature && !String(now.unsigned_reason || "").trim()) {
			found.push({
				at: "signature",
				text: __("Capture the signature, or enter why there is none."),
			});
		}
		if (now.customer_signature)
			need("signed_by", __("Enter who signed."), String(now.signed_by || "").trim());
	}
	for (const row of now.parts) {
		const part = parts[String(row.item_code)];
		const at = `parts:${row.name}`;
		if (!Number(row.qty)) found.push({ at, text: __("Enter the quantity.") });
		if (part?.has_serial_no && !row.serial_no) found.push({ at, text: __("Choose the serial number.") });
		if (part?.has_batch_no && !row.batch_no) found.push({ at, text: __("Choose the batch.") });
		if (part?.core_return && !row.old_part_returned && !row.old_part_missing_reason) {
			found.push({
				at,
				text: __("The old part comes back: tick it, or enter why it does not."),
			});
		}
		if (part?.core_return && row.old_part_returned && row.serial_no && !row.old_serial_no) {
			found.push({ at, text: __("Enter the serial number of the old part.") });
		}
	}
	for (const row of now.labour) {
		if (!row.activity)
			found.push({
				at: `labour:${row.name}`,
				text: __("Choose the kind of work."),
			});
	}
	return [...found, ...unanswered(now, about.checklists || []), ...undecided(about)];
}

function unanswered(now: Entered, checklists: Checklist[]): Missing[] {
	if (!needsChecklist(now.outcome)) return [];
	const given = new Map((now.answers || []).map((row) => [row.name, row]));
	return checklists
		.filter((one) => one.status === "Open")
		.flatMap((one) => one.questions)
		.filter((question) => question.reqd && !isAnswered(question, given.get(question.name)))
		.map((question) => ({ at: `answers:${question.name}`, text: __("Answer this question.") }));
}

function undecided({ quote, exceeded, charged }: About): Missing[] {
	if (quote?.approval_status === "Pending" && charged)
		return [{ at: "quote", text: __("The customer has not answered the quote.") }];
	if (quote?.approval_status === "Approved" && exceeded) {
		const text = __("This is more than the customer accepted. Quote again and let them sign.");
		return [{ at: "quote", text }];
	}
	return [];
}
