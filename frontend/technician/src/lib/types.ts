/** What the server sends of a visit (field_service/mobile/visits_on_phone.py). Times are texts in the site's zone. */
export type Value = string | number | null | undefined;
export type Row = { name: string } & Record<string, Value>;
export const TABLES = ["labour", "parts", "photos", "answers"] as const;
export type Table = typeof TABLES[number];

export interface Call {
	subject: string;
	contact_name?: string;
	contact_phone?: string;
	contact_email?: string;
	hazard?: string;
	priority?: string;
	promised_from?: string;
	promised_to?: string;
	coverage?: string;
	coverage_until?: string;
	address?: string;
	description?: string;
	request_type?: string;
}

export interface Product {
	title?: string;
	brand?: string;
	model?: string;
	serial_text?: string;
	serial_no?: string;
	installed_on?: string;
	warranty_until?: string;
	repair_warranty_until?: string;
	location_details?: string;
}

/** A question of a checklist; what is answered to it is the row of `answers` with the same name. */
export interface Question {
	name: string;
	question: string;
	kind: "Yes or No" | "Value" | "Choice" | "Text" | "Photo" | "Signature" | "Meter";
	reqd: number;
	hint?: string;
	uom?: string;
	good_answer?: string;
	has_lower: number;
	lower: number;
	has_upper: number;
	upper: number;
	choices: string[];
	bad_choices: string[];
}

export interface Checklist {
	name: string;
	template: string;
	status: "Open" | "Complete";
	questions: Question[];
}

/** What the customer is asked to pay, or has answered to it; amounts of the server once it has made it. */
export interface Quote {
	quotation?: string | null;
	approval_status: "Pending" | "Approved" | "Declined";
	net?: number;
	taxes?: number;
	total?: number;
	approved_amount?: number;
	approved_by?: string | null;
	approved_at?: string | null;
	decline_reason?: string | null;
	needs_new_quote?: boolean;
}

/** A row as the server has priced it: what is charged of it, before tax. */
export interface Priced {
	qty: number;
	rate: number;
	amount: number;
	/** The Service Price that charges the row, which nobody enters. */
	price?: string | null;
}

/** What a service price charges or includes (service_posting/charges_ahead.py). */
export interface ServicePrice {
	kind: "Flat Rate" | "Call-out" | "Minimum Charge" | "Surcharge";
	text: string;
	/** Hours of work included; null for all. */
	hours: number | null;
	travel: boolean;
	/** Item → quantity included. */
	parts: Record<string, number>;
}

/** The service prices of a visit, as far as they are known before the work. Times in the site's zone. */
export interface Charges {
	prices: Record<string, ServicePrice>;
	surcharges: { name: string; percent: number; from: string; to: string }[];
	minimum: string | null;
	least: number;
	begin: string;
}

/** What goes along with a product that is taken to the workshop. */
export interface Accessory {
	accessory: string;
	qty: number;
}

/** The receipt for a product that is taken to the workshop, as it is entered here. */
export interface Handover {
	condition: string;
	accessories: Accessory[];
	signature: string;
	signed_by: string;
	unsigned_reason: string;
	loaner: string;
	/** Signed at another time, in the desk. */
	later: boolean;
}

export interface ProductDocument {
	name: string;
	title: string;
	kind: string;
	version?: string;
	language?: string;
	address?: string;
	notes?: string;
	file?: string;
	bytes?: number;
	digest?: string;
}

export interface Payment {
	receipt: string;
	amount: number;
	mode_of_payment: string;
}

export interface Visit {
	name: string;
	docstatus: number;
	status: string;
	modified: string;
	customer_name?: string;
	customer?: string;
	equipment?: string;
	planned_start?: string;
	planned_end?: string;
	preliminary_plan?: string;
	parts_to_take?: string;
	service_category?: string;
	currency?: string;
	amount_due?: number;
	cash_receipt_no?: string;
	technician?: string;
	call: Call | null;
	product: Product | null;
	/** What rooms above field_service add; comes with the parcel only. */
	more?: { payment_modes?: string[]; payments?: Payment[] };
	checklists?: Checklist[];
	priced?: Record<string, Priced>;
	charges?: Charges | null;
	quote?: Quote | null;
	/** Technicians who come along. */
	crew?: string[];
	/** The receipt for a product that was taken along. */
	taken_along?: { name: string; issued: number } | null;
	labour: Row[];
	parts: Row[];
	photos: Row[];
	answers?: Row[];
	[field: string]: unknown;
}

/** The values a technician enters: those the server takes (field_service/mobile/changes.py). */
export const FIELDS = [
	"arrived_at",
	"departed_at",
	"symptom_code",
	"fault_code",
	"cause_code",
	"action_code",
	"findings",
	"advice",
	"outcome",
	"test_result",
	"test_notes",
	"work_left",
	"parts_left",
	"customer_signature",
	"signed_by",
	"unsigned_reason",
	"cash_collected",
] as const;
export type Field = typeof FIELDS[number];

export const ROW_FIELDS: Record<Table, readonly string[]> = {
	labour: ["activity", "technician", "from_time", "to_time", "hours", "description"],
	parts: [
		"item_code",
		"qty",
		"serial_no",
		"batch_no",
		"old_serial_no",
		"old_part_returned",
		"old_part_missing_reason",
	],
	photos: ["photo", "shows", "notes"],
	answers: ["yes_no", "value", "value_is_set", "choice", "text", "photo", "signature", "remark"],
};

export type Entered = { [field in Field]?: Value } & {
	[table in Table]: Row[];
};

export interface Part {
	item_code: string;
	item_name: string;
	uom: string;
	van: number;
	core_return: number;
	has_serial_no: number;
	has_batch_no: number;
	barcodes: string[];
	serials: string[];
	batches?: string[];
}

export interface Terms {
	currency: string | null;
	charged: boolean;
	labour_rate: number;
	travel_rate: number;
	rates: Record<string, number>;
	tax_percent: number | null;
}

export interface Code {
	name: string;
	kind: "Symptom" | "Fault" | "Cause" | "Action";
	title: string;
}

export interface Earlier {
	name: string;
	subject: string;
	resolved_at: string;
	resolution: string;
	fault_code?: string;
}

/** Another phone of the user, or this one before its storage was cleared, with something that is not sent. */
export interface Elsewhere {
	device: string;
	last_seen: string;
	unsent: number;
}

export interface Parcel {
	digest: string;
	elsewhere?: Elsewhere[];
	unchanged?: boolean;
	wipe?: boolean;
	visits: Visit[];
	earlier: Record<string, Earlier[]>;
	fits: Record<string, string[]>;
	parts: Record<string, Part>;
	terms: Record<string, Terms>;
	documents: Record<string, ProductDocument[]>;
	codes: Code[];
	technicians: string[];
	settings: {
		small_fee_limit: number;
		/** Per cent that may be charged above what was accepted. */
		approval_tolerance: number;
		diagnosis_fee_item: string | null;
		/** A loaner stands in the product's place, or the customer declined one, before it is taken along. */
		loaner_before_removal?: number;
		days: number;
	};
}

export interface FieldChange {
	seen: Value;
	mine: Value;
}

export interface RowChanges {
	added?: { name: string; values: Record<string, Value> }[];
	changed?: { name: string; fields: Record<string, FieldChange> }[];
	removed?: string[];
}

export interface Changes {
	fields?: Record<string, FieldChange>;
	tables?: Partial<Record<Table, RowChanges>>;
}

export interface Conflict {
	field: string | null;
	table: Table | null;
	row: string | null;
	label: string;
	mine: Value;
	theirs: Value;
}

export interface Answer {
	state: "Done" | "Refused" | "Conflict" | "Wait";
	for?: string;
	message?: string;
	conflicts?: Conflict[];
	visit?: Visit | null;
	receipt?: string;
	amount_due?: number;
	currency?: string;
	/** The receipt for a product that was taken along. */
	issued?: string;
	/** Of a payment: what the receipt is for. */
	paid?: number;
	seen?: boolean;
}
