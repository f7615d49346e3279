/** What the server sends of a visit (field_service/mobile/visits_on_phone.py). Times are texts in the site's zone. */
export type Value = string | number | null | undefined;
export type Row = { name: string } & Record<string, Value>;
export const TABLES = ["labour", "parts", "photos"] as const;
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
	more?: Record<string, unknown>;
	labour: Row[];
	parts: Row[];
	photos: Row[];
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

export interface Parcel {
	digest: string;
	unchanged?: boolean;
	wipe?: boolean;
	visits: Visit[];
	earlier: Record<string, Earlier[]>;
	fits: Record<string, string[]>;
	parts: Record<string, Part>;
	terms: Record<string, Terms>;
	codes: Code[];
	technicians: string[];
	settings: { small_fee_limit: number; days: number };
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
	seen?: boolean;
}
