/** The receipt for a product that goes to the workshop: what it lacks, and what of it is sent. Pure. */
import { __ } from "./i18n";
import type { Missing } from "./missing";
import type { Handover } from "./types";

export const emptyHandover = (signedBy = ""): Handover => ({
	condition: "",
	accessories: [],
	signature: "",
	signed_by: signedBy,
	unsigned_reason: "",
	loaner: "",
	later: false,
});

/** The same as the server asks of a Collection Receipt of a visit; the server decides. */
export function missingOfReceipt(receipt: Handover, asksForLoaner: boolean): Missing[] {
	if (receipt.later) return [];
	const found: Missing[] = [];
	const need = (at: string, text: string, there: string) => {
		if (!there.trim()) found.push({ at: `receipt:${at}`, text });
	};
	need("condition", __("Describe the condition of the product."), receipt.condition);
	if (asksForLoaner)
		need(
			"loaner",
			__("Choose whether a loaner stands there, or the customer wants none."),
			receipt.loaner
		);
	if (!receipt.signature)
		need("signature", __("Capture the signature, or enter why there is none."), receipt.unsigned_reason);
	else need("signed_by", __("Enter who signed."), receipt.signed_by);
	return found;
}

/** The values of the act. */
export function handedOver({
	condition,
	accessories,
	signature,
	signed_by,
	unsigned_reason,
	loaner,
}: Handover) {
	return {
		condition,
		accessories,
		...(signature ? { signature, signed_by } : { unsigned_reason }),
		...(loaner && { loaner }),
	};
}
