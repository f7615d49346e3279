// What the workshop board can be narrowed to.
import { left } from "./card_faces";

export const filter_fields = () => [
	{
		fieldname: "technician",
		fieldtype: "Link",
		options: "Service Technician",
		label: __("Technician"),
	},
	{
		fieldname: "category",
		fieldtype: "Link",
		options: "Service Category",
		label: __("Service Category"),
	},
	{
		fieldname: "company",
		fieldtype: "Link",
		options: "Company",
		label: __("Company"),
	},
	{
		fieldname: "pressing",
		fieldtype: "Select",
		label: __("Promise"),
		options: [
			{ value: "", label: __("Any Promise") },
			{ value: "late", label: __("Late") },
			{ value: "today", label: __("Late or within 24 h") },
			{ value: "none", label: __("Nothing Promised") },
		],
	},
];

// A function that says whether a card is to be shown: by the filters' values and the words typed.
export function filter_of({ technician, category, company, pressing }, words, now) {
	return (card) => {
		const rest = left(card, now);
		const text = [card.name, card.customer_name, card.product, card.fault, card.assigned_technician]
			.join(" ")
			.toLowerCase();
		return (
			(!technician || card.assigned_technician === technician || card.working === technician) &&
			(!category || card.service_category === category) &&
			(!company || card.company === company) &&
			(!pressing ||
				(pressing === "none" && rest === null) ||
				(pressing === "late" && rest !== null && rest < 0) ||
				(pressing === "today" && rest !== null && rest < 86400)) &&
			words.every((word) => text.includes(word))
		);
	};
}
