/** What was entered on the phone as changes: what each value was, and what it is. Pure. */
import type { Changes, Entered, Row, RowChanges, Table, Value, Visit } from "./types";
import { FIELDS, ROW_FIELDS, TABLES } from "./types";

export const same = (one: Value, other: Value): boolean =>
	one === other ||
	(one || "") === (other || "") ||
	(Number(one) === Number(other) && typeof one !== typeof other);

/** The values of a visit that a technician enters. */
export function entered(visit: Visit): Entered {
	const found = {} as Record<string, unknown>;
	for (const field of FIELDS) found[field] = (visit[field] as Value) ?? null;
	for (const table of TABLES) {
		found[table] = (visit[table] || []).map((row) => pick(row, table));
	}
	return found as Entered;
}

function pick(row: Row, table: Table): Row {
	const found: Row = { name: row.name };
	for (const field of ROW_FIELDS[table]) found[field] = row[field] ?? null;
	return found;
}

export function diff(before: Entered, now: Entered): Changes {
	const changes: Changes = {};
	for (const field of FIELDS) {
		if (!same(before[field], now[field])) {
			(changes.fields ||= {})[field] = {
				seen: before[field] ?? null,
				mine: now[field] ?? null,
			};
		}
	}
	for (const table of TABLES) {
		const rows = rowChanges(before[table] || [], now[table] || [], table);
		if (rows) (changes.tables ||= {})[table] = rows;
	}
	return changes;
}

function rowChanges(before: Row[], now: Row[], table: Table): RowChanges | null {
	const old = new Map(before.map((row) => [row.name, row]));
	const names = new Set(now.map((row) => row.name));
	const changes: RowChanges = {};
	for (const row of now) {
		const was = old.get(row.name);
		if (!was) {
			const values: Record<string, Value> = {};
			for (const field of ROW_FIELDS[table])
				if (row[field] != null && row[field] !== "") values[field] = row[field];
			(changes.added ||= []).push({ name: row.name, values });
			continue;
		}
		const fields = Object.fromEntries(
			ROW_FIELDS[table]
				.filter((field) => !same(was[field], row[field]))
				.map((field) => [field, { seen: was[field] ?? null, mine: row[field] ?? null }])
		);
		if (Object.keys(fields).length) (changes.changed ||= []).push({ name: row.name, fields });
	}
	const removed = before.filter((row) => !names.has(row.name)).map((row) => row.name);
	if (removed.length) changes.removed = removed;
	return Object.keys(changes).length ? changes : null;
}

export const isEmpty = (changes: Changes): boolean =>
	!Object.keys(changes.fields || {}).length && !Object.keys(changes.tables || {}).length;

/** The values of `onto` with `changes` made: what was entered since goes on over what the server has by now. */
export function apply(onto: Entered, changes: Changes): Entered {
	const found = JSON.parse(JSON.stringify(onto)) as Entered;
	for (const [field, change] of Object.entries(changes.fields || {})) {
		(found as Record<string, unknown>)[field] = change.mine;
	}
	for (const [table, rows] of Object.entries(changes.tables || {}) as [Table, RowChanges][]) {
		found[table] ||= [];
		for (const { name, fields } of rows.changed || []) {
			const row = found[table].find((one) => one.name === name);
			if (row) for (const [field, change] of Object.entries(fields)) row[field] = change.mine;
		}
		found[table] = found[table].filter((row) => !(rows.removed || []).includes(row.name));
		for (const { name, values } of rows.added || []) {
			if (!found[table].some((row) => row.name === name)) found[table].push({ name, ...values });
		}
	}
	return found;
}

/** Digests of the photos that `changes` name and that have to be on the server before them. */
export function photosOf(changes: Changes): string[] {
	return [
		...(changes.tables?.photos?.added || []).map(({ values }) => values.photo),
		...(changes.tables?.answers?.changed || []).map(({ fields }) => fields.photo?.mine),
	]
		.map((photo) => String(photo || ""))
		.filter((photo) => photo.startsWith("sha256:"))
		.map((photo) => photo.slice(7));
}
