"""Finding a spare part for a job: by model, name or number, with stock, price and substitutes (R-SP)."""

from collections import defaultdict
from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import Order
from frappe.query_builder.functions import Count, Sum
from frappe.utils import add_months, flt, getdate, nowdate

from aftersales.core.input.requests import DocTypeName, Flag, validate_call
from aftersales.core.job_types import JOB_DOCTYPES
from aftersales.spare_parts.parts import free_stock, parts_for_model

MOST_FOUND = 40
MOST_WORDS = 6
MOST_JOBS = 20
FIELDS = (
	"item_code",
	"item_name",
	"fitting_minutes",
	"part_warranty_months",
	"core_return",
	"supply_guaranteed_until",
)


@frappe.whitelist()
@validate_call
def find_for_job(doctype: DocTypeName, name: str, text: str | None = None, fitting: Flag = 1) -> dict:
	"""Spare parts for a visit or repair card, those that fit its product first.

	Args:
		doctype, name: Service Voucher or Repair Card.
		text: words that each occur in number, name, brand or model; empty for all.
		fitting: only parts that fit the product; ignored while nothing is known to fit it.

	Returns:
		brand, model, warehouse (where the job's parts come from), currency, more (True when cut off), and
		parts: FIELDS, fits, here, stores, vans (free quantities: in that warehouse, in the company's other
		stores, in other vans), rate (None without a price), out_of_supply, substitutes (item_code,
		item_name, here, stores), which are given where nothing is free here.

	Raises:
		frappe.PermissionError: the user may not read the job or spare parts.
	"""
	frappe.has_permission("Spare Part", "read", throw=True)
	if doctype not in JOB_DOCTYPES:
		frappe.throw(
			_("Parts are searched for one of: {0}.").format(", ".join(_(part) for part in JOB_DOCTYPES))
		)
	frappe.has_permission(doctype, "read", throw=True)
	job = frappe.get_doc(doctype, name)
	job.check_permission("read")
	brand, model = product_of(job)
	fit = {row.item_code for row in parts_for_model(brand, model)}
	only_fitting = bool(fit) and str(fitting) not in ("0", "False", "false", "")
	found = matching(text, limit=MOST_FOUND + 1, only=fit if only_fitting else None)
	found.sort(key=lambda part: (part.item_code not in fit, part.item_code))
	price_list, currency = _price_list(job)
	parts = _with_stock(found[:MOST_FOUND], job)
	rates = _rates([part.item_code for part in parts], price_list, job.customer)
	for part in parts:
		part.fits = part.item_code in fit
		part.rate = rates.get(part.item_code)
		until = part.supply_guaranteed_until
		part.out_of_supply = bool(until and getdate(until) < getdate())
	return {
		"brand": brand,
		"model": model,
		"only_fitting": only_fitting,
		"warehouse": job.parts_warehouse,
		"currency": currency,
		"more": len(found) > MOST_FOUND,
		"parts": parts,
	}


@frappe.whitelist()
@validate_call
def where_used(item_code: str) -> dict:
	"""Where a spare part belongs and where it went.

	Returns:
		models (brand, model, products: how many product files there are of it), substitute_for (item_code,
		item_name), jobs (the last ones the user may read: doctype, name, customer_name, equipment, qty,
		serial_no, on) and used (quantity on submitted jobs in the last twelve months).

	Raises:
		frappe.PermissionError: the user may not read the Spare Part.
	"""
	frappe.has_permission("Spare Part", "read", throw=True)
	part = frappe.get_doc("Spare Part", item_code)
	part.check_permission("read")
	return {
		"models": _installed(part),
		"substitute_for": _substitute_for(item_code),
		"jobs": _jobs_with(item_code),
		"used": _used_in_a_year(item_code),
	}


def price_for(item_code: str, customer: str | None, company: str) -> float:
	"""Today's price of an item for a customer in the company's currency; 0 where their list has none in it."""
	price_list, currency = _price_list(frappe._dict(customer=customer))
	if currency != frappe.get_cached_value("Company", company, "default_currency"):
		return 0.0
	return _rates([item_code], price_list, customer).get(item_code, 0.0)


def rates_for(items: list[str], customer: str | None) -> dict[str, float]:
	"""Today's rate of each of `items` for a customer, in the currency of his price list; without pricing rules."""
	return _rates(items, _price_list(frappe._dict(customer=customer))[0], customer)


def matching(
	text: str | None = None,
	brand: str | None = None,
	model: str | None = None,
	limit: int = MOST_FOUND,
	only: Iterable[str] | None = None,
) -> list[frappe._dict]:
	"""Enabled spare parts that fit brand and model and have each word of `text` in number, name or a model."""
	part = frappe.qb.DocType("Spare Part")
	fit = frappe.qb.DocType("Spare Part Model")
	query = (
		frappe.qb.from_(part)
		.left_join(fit)
		.on((fit.parent == part.name) & (fit.parenttype == "Spare Part"))
		.select(*(part[field] for field in FIELDS))
		.distinct()
		.where(part.disabled == 0)
		.orderby(part.item_code, order=Order.asc)
		.limit(limit)
	)
	if only is not None:
		query = query.where(part.item_code.isin(list(only) or [""]))
	if (brand or "").strip():
		query = query.where(fit.brand.isnull() | fit.brand.isin(["", brand.strip()]))
	if (model or "").strip():
		query = query.where(fit.model == model.strip())
	for word in (text or "").split()[:MOST_WORDS]:
		like = f"%{_literally(word)}%"
		query = query.where(
			part.item_code.like(like)
			| part.item_name.like(like)
			| fit.model.like(like)
			| fit.brand.like(like)
		)
	return query.run(as_dict=True)


def _literally(word: str) -> str:
	"""What a person types means itself: no wildcards of SQL in it."""
	for special in ("\\", "%", "_"):
		word = word.replace(special, f"\\{special}")
	return word


def product_of(job: Document) -> tuple[str | None, str | None]:
	"""Brand and model from the product file, else from the call."""
	for doctype, name in (("Customer Equipment", job.equipment), ("Repair Call", job.repair_call)):
		if not name:
			continue
		brand, model = frappe.db.get_value(doctype, name, ["brand", "model"]) or (None, None)
		if model:
			return brand, model
	return None, None


# ---------------------------------------------------------------------------------- stock and price


def _with_stock(parts: list[frappe._dict], job: Document) -> list[frappe._dict]:
	substitutes = _substitutes([part.item_code for part in parts])
	items = {part.item_code for part in parts}
	items |= {row.item_code for rows in substitutes.values() for row in rows}
	places = _places(items, job)
	for part in parts:
		part.update(places[part.item_code])
		part.substitutes = (
			[{**row, **places[row.item_code]} for row in substitutes.get(part.item_code, ())]
			if part.here <= 0
			else []
		)
	return parts


def _places(items: Iterable[str], job: Document) -> dict[str, dict[str, float]]:
	"""Free quantity of each item where the job takes it from, in other stores, and in other vans."""
	from aftersales.spare_parts.vans import vans_of

	others = vans_of(job.company)
	found: dict[str, dict[str, float]] = defaultdict(lambda: {"here": 0.0, "stores": 0.0, "vans": 0.0})
	for (item_code, warehouse), qty in free_stock(items, job.company).items():
		place = "here" if warehouse == job.parts_warehouse else "vans" if warehouse in others else "stores"
		found[item_code][place] += qty
	return found


def _substitutes(items: list[str]) -> dict[str, list[frappe._dict]]:
	row = frappe.qb.DocType("Spare Part Substitute")
	item = frappe.qb.DocType("Item")
	rows = (
		frappe.qb.from_(row)
		.inner_join(item)
		.on(row.item_code == item.name)
		.select(row.parent, row.item_code, item.item_name, row.notes)
		.where((row.parenttype == "Spare Part") & row.parent.isin(items or [""]) & (item.disabled == 0))
		.orderby(row.idx, order=Order.asc)
	).run(as_dict=True)
	found = defaultdict(list)
	for substitute in rows:
		found[substitute.pop("parent")].append(substitute)
	return found


def _price_list(job: Document) -> tuple[str | None, str | None]:
	"""The customer's own price list, else that of their group, else the usual one; with its currency."""
	name = None
	if job.customer:
		name, group = frappe.get_cached_value(
			"Customer", job.customer, ["default_price_list", "customer_group"]
		) or (None, None)
		name = name or (group and frappe.get_cached_value("Customer Group", group, "default_price_list"))
	name = name or frappe.get_cached_doc("Selling Settings").selling_price_list
	return name, name and frappe.get_cached_value("Price List", name, "currency")


def _rates(items: list[str], price_list: str | None, customer: str | None) -> dict[str, float]:
	"""Today's rate of each item per stock unit: the customer's own, then the latest."""
	if not items or not price_list:
		return {}
	price = frappe.qb.DocType("Item Price")
	item = frappe.qb.DocType("Item")
	today = nowdate()
	rows = (
		frappe.qb.from_(price)
		.inner_join(item)
		.on(price.item_code == item.name)
		.select(price.item_code, price.price_list_rate, price.customer, price.valid_from)
		.where((price.price_list == price_list) & price.item_code.isin(items))
		.where(price.valid_from.isnull() | (price.valid_from <= today))
		.where(price.valid_upto.isnull() | (price.valid_upto >= today))
		.where(price.customer.isnull() | price.customer.isin(["", customer or ""]))
		.where(price.uom.isnull() | (price.uom == "") | (price.uom == item.stock_uom))
		.orderby(price.valid_from, order=Order.asc)
	).run(as_dict=True)
	rows.sort(key=lambda row: bool(row.customer))
	return {row.item_code: flt(row.price_list_rate) for row in rows}


# ---------------------------------------------------------------------------------- where used


def _installed(part: Document) -> list[dict]:
	"""The models a part fits, each with the number of product files of that model."""
	models = list({row.model for row in part.fits})
	if not models:
		return []
	file = frappe.qb.DocType("Customer Equipment")
	counts: dict[tuple[str, str], int] = defaultdict(int)
	for brand, model, count in (
		frappe.qb.from_(file)
		.select(file.brand, file.model, Count(file.name))
		.where(file.model.isin(models))
		.groupby(file.brand, file.model)
	).run():
		counts[(brand or "").lower(), model.lower()] += count
		counts["", model.lower()] += count if brand else 0
	return [
		{
			"brand": row.brand,
			"model": row.model,
			"products": counts[(row.brand or "").lower(), row.model.lower()],
		}
		for row in part.fits
	]


def _substitute_for(item_code: str) -> list[dict]:
	row = frappe.qb.DocType("Spare Part Substitute")
	part = frappe.qb.DocType("Spare Part")
	return (
		frappe.qb.from_(row)
		.inner_join(part)
		.on(row.parent == part.name)
		.select(part.item_code, part.item_name)
		.where((row.parenttype == "Spare Part") & (row.item_code == item_code) & (part.disabled == 0))
		.orderby(part.item_code, order=Order.asc)
	).run(as_dict=True)


def _jobs_with(item_code: str) -> list[dict]:
	"""The last jobs on which the part was used, of those the user may read."""
	line = frappe.qb.DocType("Service Part Line")
	lines = (
		frappe.qb.from_(line)
		.select(line.parenttype, line.parent, line.qty, line.serial_no, line.creation)
		.where((line.item_code == item_code) & (line.docstatus == 1) & line.parenttype.isin(JOB_DOCTYPES))
		.orderby(line.creation, order=Order.desc)
		.limit(5 * MOST_JOBS)
	).run(as_dict=True)
	readable = {}
	for doctype in JOB_DOCTYPES:
		names = list({row.parent for row in lines if row.parenttype == doctype})
		if not names or not frappe.has_permission(doctype, "read"):
			continue
		for job in frappe.get_list(
			doctype,
			filters={"name": ("in", names)},
			fields=["name", "customer_name", "equipment", "posted_at"],
			limit_page_length=len(names),
		):
			readable[doctype, job.name] = job
	found = []
	for row in lines:
		job = readable.get((row.parenttype, row.parent))
		if job:
			found.append(
				{
					"doctype": row.parenttype,
					"name": row.parent,
					"customer_name": job.customer_name,
					"equipment": job.equipment,
					"qty": row.qty,
					"serial_no": row.serial_no,
					"on": job.posted_at or row.creation,
				}
			)
	return found[:MOST_JOBS]


def _used_in_a_year(item_code: str) -> float:
	line = frappe.qb.DocType("Service Part Line")
	used = (
		frappe.qb.from_(line)
		.select(Sum(line.qty))
		.where((line.item_code == item_code) & (line.docstatus == 1) & line.parenttype.isin(JOB_DOCTYPES))
		.where(line.creation >= add_months(nowdate(), -12))
	).run()
	return flt(used[0][0])
