"""What a phone takes along after it has had a network: the visits of the days to come and all that they need."""

import hashlib
import json
from collections import defaultdict

import frappe
from frappe.query_builder import Order
from frappe.utils import add_days, cint, flt, getdate, nowdate

from aftersales.core.selling_terms import billing_currency, tax_template_of
from aftersales.field_service.crew import crews
from aftersales.field_service.mobile import documents_on_phone, visits_on_phone
from aftersales.service_setup.settings import aftersales_settings
from aftersales.service_staff.technicians import technicians_of_user
from aftersales.spare_parts import part_search
from aftersales.spare_parts.parts import free_stock, parts_for_model

DAYS = 7
MOST_VISITS = 100
MOST_PARTS = 1500
CODES = ("name", "kind", "title", "item_group")
ITEM = ("name", "item_name", "stock_uom", "has_serial_no", "has_batch_no")


def pack(known: str | None = None) -> dict:
	"""The parcel of the session's user, or `{"unchanged": True, "digest"}` when its digest is `known`.

	Returns:
		digest, visits, earlier (by product), parts (by item), codes, technicians, company settings, fits (visit →
		items that fit its product), documents (visit → those of its product), prices and terms (by visit), and what
		rooms above add by the hook
		`aftersales_technician_parcel` (functions of a list of visits; each returns visit → values).
	"""
	mine = technicians_of_user(frappe.session.user)
	docs = _visits(mine)
	fits = {doc.name: _fitting(doc) for doc in docs}
	vans = _vans(mine)
	parts = _parts(vans, {item for items in fits.values() for item in items})
	more = _more(docs)
	content = {
		"visits": [{**visits_on_phone.of_document(doc), "more": more[doc.name]} for doc in docs],
		"earlier": visits_on_phone.earlier_work(docs),
		"fits": fits,
		"parts": parts,
		"terms": {doc.name: _terms(doc, list(parts)) for doc in docs},
		"documents": documents_on_phone.of_visits(docs),
		"codes": _codes(),
		"technicians": _technicians(docs),
		"settings": _settings(),
	}
	digest = hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
	return {"digest": digest, "unchanged": True} if digest == known else {"digest": digest, **content}


def _visits(technicians: list[str]) -> list:
	"""Visits of the technician, and of crews with them, that are open and planned until the horizon or were completed today."""
	if not technicians:
		return []
	until = add_days(nowdate(), DAYS)
	found: list[str] = []
	along = crews.visits_going_on(technicians, getdate(nowdate()))
	for own in ({"technician": ("in", technicians)}, {"name": ("in", along or [""])}):
		found += frappe.get_list(
			"Service Voucher",
			filters={**own, "docstatus": 0, "status": ("in", ("Draft", "Dispatched", "On Site"))},
			or_filters=[["planned_start", "<", until], ["status", "in", ["Dispatched", "On Site"]]],
			order_by="planned_start asc, name asc",
			limit_page_length=MOST_VISITS,
			pluck="name",
		)
		found += frappe.get_list(
			"Service Voucher",
			filters={**own, "docstatus": 1, "departed_at": (">=", getdate(nowdate()))},
			order_by="departed_at asc, name asc",
			limit_page_length=MOST_VISITS,
			pluck="name",
		)
	return [frappe.get_doc("Service Voucher", name) for name in dict.fromkeys(found)]


def _more(docs: list) -> dict[str, dict]:
	"""Visit → what rooms above add."""
	found: dict[str, dict] = {doc.name: {} for doc in docs}
	for path in frappe.get_hooks("aftersales_technician_parcel"):
		for name, values in (frappe.get_attr(path)(docs) or {}).items():
			found[name].update(values)
	return found


def _fitting(doc) -> list[str]:
	brand, model = part_search.product_of(doc)
	if not model or not frappe.has_permission("Spare Part", "read"):
		return []
	return [row.item_code for row in parts_for_model(brand, model)]


def _vans(technicians: list[str]) -> list[str]:
	return [
		van
		for van in frappe.get_all(
			"Service Technician",
			filters={"name": ("in", technicians or [""])},
			pluck="van_warehouse",
			order_by="name asc",
		)
		if van
	]


def _parts(vans: list[str], fitting: set[str]) -> dict[str, dict]:
	"""Items in the van or fitting one of the products: names, van stock, serials, batches, barcodes."""
	stock = _van_stock(vans)
	wanted = sorted({*stock, *fitting})[:MOST_PARTS]
	if not wanted:
		return {}
	core = set(
		frappe.get_all(
			"Spare Part",
			filters={"name": ("in", wanted), "core_return": 1},
			pluck="name",
			order_by="name asc",
		)
	)
	codes = _grouped("Item Barcode", "parent", "barcode", {"parent": ("in", wanted), "parenttype": "Item"})
	serials = _grouped(
		"Serial No", "item_code", "name", {"item_code": ("in", wanted), "warehouse": ("in", vans or [""])}
	)
	found = {}
	for item in frappe.get_all(
		"Item", filters={"name": ("in", wanted), "disabled": 0}, fields=list(ITEM), order_by="name asc"
	):
		found[item.name] = {
			"item_code": item.name,
			"item_name": item.item_name,
			"uom": item.stock_uom,
			"van": flt(stock.get(item.name)),
			"core_return": int(item.name in core),
			"has_serial_no": cint(item.has_serial_no),
			"has_batch_no": cint(item.has_batch_no),
			"barcodes": codes.get(item.name, []),
			"serials": serials.get(item.name, []),
		}
	batched = [name for name, part in found.items() if part["has_batch_no"]]
	batches = _grouped("Batch", "item", "name", {"item": ("in", batched or [""]), "disabled": 0})
	for name in batched:
		found[name]["batches"] = batches.get(name, [])
	return found


def _van_stock(vans: list[str]) -> dict[str, float]:
	if not vans:
		return {}
	bin_ = frappe.qb.DocType("Bin")
	items = (
		frappe.qb.from_(bin_)
		.select(bin_.item_code)
		.where(bin_.warehouse.isin(vans) & (bin_.actual_qty > 0))
		.orderby(bin_.item_code, order=Order.asc)
		.limit(MOST_PARTS)
	).run(pluck=True)
	found: dict[str, float] = defaultdict(float)
	for (item, _warehouse), qty in free_stock(items, warehouses=vans).items():
		found[item] += qty
	return found


def _grouped(doctype: str, key: str, value: str, filters: dict) -> dict[str, list[str]]:
	found: dict[str, list[str]] = defaultdict(list)
	for row in frappe.get_all(doctype, filters=filters, fields=[key, value], order_by="name asc", limit=5000):
		found[row[key]].append(row[value])
	return found


def _terms(doc, items: list[str]) -> dict:
	"""What an estimate on the phone is made of: currency, rates of parts and hours, per cent of tax."""
	settings = aftersales_settings()
	labour = {"labour": settings.labour_item, "travel": settings.travel_item}
	charged = _charge_rule(doc) in ("Customer", None)
	rates = (
		part_search.rates_for([*items, *(item for item in labour.values() if item)], doc.customer)
		if charged
		else {}
	)
	return {
		"currency": doc.currency or (doc.customer and billing_currency(doc)),
		"charged": charged,
		"labour_rate": rates.get(labour["labour"]) or 0,
		"travel_rate": rates.get(labour["travel"]) or 0,
		"rates": {item: rates[item] for item in items if rates.get(item)},
		"tax_percent": _tax_percent(doc) if charged else 0,
	}


def _charge_rule(doc) -> str | None:
	return doc.service_category and frappe.get_cached_value(
		"Service Category", doc.service_category, "charge_rule"
	)


def _tax_percent(doc) -> float | None:
	"""Per cent of all taxes on the net total; None where the template says more than that."""
	if not doc.customer:
		return None
	template = tax_template_of(doc.customer, doc.company)
	if not template:
		return 0.0
	rows = frappe.get_cached_doc("Sales Taxes and Charges Template", template).taxes
	if any(row.charge_type != "On Net Total" or row.included_in_print_rate for row in rows):
		return None
	return sum(flt(row.rate) for row in rows)


def _codes() -> list[dict]:
	if not frappe.has_permission("Fault Code", "read"):
		return []
	return frappe.get_list(
		"Fault Code",
		filters={"disabled": 0},
		fields=list(CODES),
		order_by="kind asc, name asc",
		limit_page_length=2000,
	)


def _technicians(docs: list) -> list[str]:
	"""Who may be the second technician of a visit."""
	companies = sorted({doc.company for doc in docs})
	return frappe.get_list(
		"Service Technician",
		filters={"is_active": 1, "company": ("in", companies or [""])},
		pluck="name",
		order_by="name asc",
		limit_page_length=500,
	)


def _settings() -> dict:
	settings = aftersales_settings()
	return {
		"small_fee_limit": flt(settings.small_fee_limit),
		"approval_tolerance": flt(settings.approval_tolerance),
		"diagnosis_fee_item": settings.diagnosis_fee_item or None,
		"loaner_before_removal": cint(settings.loaner_before_removal),
		"days": DAYS,
	}
