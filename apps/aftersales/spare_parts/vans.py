"""Vans as stores: who drives which, what they lack, and the draft that fills them (R-SP).

What to bring is proposed from the van's list (Service Technician > Van Stock) and from what jobs used.
What is asked for already counts as coming, so that nothing is proposed twice.
"""

from collections import defaultdict
from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import Order
from frappe.query_builder.functions import Abs, Sum
from frappe.utils import add_days, cint, comma_and, escape_html, flt, get_link_to_form, nowdate

from aftersales.core.input.requests import Names, WholeNumber, validate_call
from aftersales.spare_parts import van_rules as rules

TRANSFER = "Material Transfer"
DOCUMENTS = ("Stock Entry", "Material Request")
DAYS = 30
ENDED = ("Stopped", "Cancelled")


def vans_of(company: str | None = None) -> dict[str, str]:
	"""Van warehouses of active technicians: warehouse → technician."""
	filters = {"is_active": 1, "van_warehouse": ("is", "set")}
	if company:
		filters["company"] = company
	return dict(
		frappe.get_all(
			"Service Technician",
			filters=filters,
			fields=["van_warehouse", "name"],
			order_by="name asc",
			as_list=True,
		)
	)


def needs(
	company: str | None = None, technician: str | None = None, days: int = DAYS, locking: bool = False
) -> list[frappe._dict]:
	"""Every part that is on a van's list or was used from the van in the last `days`, with the proposal.

	Of the vans whose technicians a list would show to the user.

	Args:
		locking: read what is coming with locks, to see what others committed since this request began.

	Returns:
		rows of `technician`, `van`, `supply`, `item_code`, `item_name`, `uom`, `minimum`, `maximum`, `there`,
		`coming`, `used`, `in_store` (free at the supply warehouse and in no draft), `propose` (0 for none), `reason`.
	"""
	vans = _vans(company, technician)
	if not vans:
		return []
	warehouses = [van.van_warehouse for van in vans]
	levels = _levels([van.name for van in vans])
	used = _used(warehouses, days)
	supplies = sorted({van.supply for van in vans if van.supply})
	coming, leaving = _on_the_way(warehouses, supplies, locking)
	items = {item for _technician, item in levels} | {item for _warehouse, item in used}
	stock = _stock(items, {*warehouses, *supplies})
	facts = _items(items)
	rows = []
	for van in vans:
		of_van = {item for owner, item in levels if owner == van.name}
		of_van |= {item for warehouse, item in used if warehouse == van.van_warehouse}
		for item in sorted(of_van & facts.keys()):
			minimum, maximum = levels.get((van.name, item), (None, None))
			place, supply = (van.van_warehouse, item), (van.supply, item)
			part = rules.VanPart(
				there=stock.get(place, 0.0),
				coming=coming.get(place, 0.0),
				used=used.get(place, 0.0),
				minimum=minimum,
				maximum=maximum,
				whole=bool(facts[item].whole),
			)
			in_store = max(stock.get(supply, 0.0) - leaving.get(supply, 0.0), 0.0)
			rows.append(_row(van, facts[item], part, in_store))
	return rows


def _row(van: frappe._dict, item: frappe._dict, part: rules.VanPart, in_store: float) -> frappe._dict:
	proposal = rules.propose(part)
	return frappe._dict(
		technician=van.name,
		company=van.company,
		van=van.van_warehouse,
		supply=van.supply,
		item_code=item.name,
		item_name=item.item_name,
		uom=item.stock_uom,
		minimum=part.minimum,
		maximum=part.maximum,
		there=part.there,
		coming=part.coming,
		used=part.used,
		in_store=in_store,
		propose=proposal.qty if proposal else 0,
		reason=proposal.reason if proposal else None,
	)


@frappe.whitelist(methods=["POST"])
@validate_call
def fill_vans(technicians: Names, document: str = "Stock Entry", days: WholeNumber = DAYS) -> list[dict]:
	"""Draft what the vans of `technicians` (JSON or list) lack: one Stock Entry or Material Request each.

	A Stock Entry takes no more than what is free in the warehouse the van is filled from; a Material
	Request asks for all of it. Called twice, the second time drafts nothing: what is drafted is coming.

	Args:
		document: Stock Entry or Material Request, both of purpose Material Transfer.
		days: period whose use counts for parts that are not on a van's list.

	Returns:
		rows of `technician`, `doctype`, `name`; empty when nothing is lacking.

	Raises:
		frappe.PermissionError: a technician's record may not be written by the user, and is not their own.
		frappe.ValidationError: no warehouse to fill the van from.
	"""
	frappe.has_permission("Service Technician", "read", throw=True)
	if document not in DOCUMENTS:
		frappe.throw(_("A van is filled by one of: {0}.").format(", ".join(_(part) for part in DOCUMENTS)))
	made = []
	for technician in dict.fromkeys(frappe.parse_json(technicians) or ()):
		_require_right_to_fill(technician)
		# Two people filling one van at the same moment wait for each other here.
		frappe.db.get_value("Service Technician", technician, "name", for_update=True)
		lacking = [row for row in needs(technician=technician, days=cint(days), locking=True) if row.propose]
		name = _draft(document, lacking) if lacking else None
		if name:
			made.append({"technician": technician, "doctype": document, "name": name})
	return made


def check_van_stock(doc: Document, method: str | None = None) -> None:
	"""validate of Service Technician: the van's list names stock items, each once, with a minimum not above the maximum.

	Raises:
		frappe.ValidationError: names the row and what is wrong with it.
	"""
	seen = set()
	for row in doc.van_stock:
		if row.item_code in seen:
			frappe.throw(
				_("Van Stock row {0}: {1} is listed twice.").format(row.idx, escape_html(row.item_code))
			)
		seen.add(row.item_code)
		if not cint(frappe.get_cached_value("Item", row.item_code, "is_stock_item")):
			frappe.throw(
				_("Van Stock row {0}: {1} is not a stock item.").format(row.idx, escape_html(row.item_code))
			)
		if rules.disordered(flt(row.minimum), flt(row.maximum)):
			frappe.throw(
				_(
					"Van Stock row {0}: the maximum {1} has to be above 0 and not below the minimum {2}."
				).format(row.idx, flt(row.maximum), flt(row.minimum))
			)
	if doc.supply_warehouse and doc.supply_warehouse == doc.van_warehouse:
		frappe.throw(_("The van cannot be filled from itself: choose another warehouse."))


# ---------------------------------------------------------------------------------- reading


def _vans(company: str | None, technician: str | None) -> list[frappe._dict]:
	filters = {"is_active": 1, "van_warehouse": ("is", "set")}
	if company:
		filters["company"] = company
	if technician:
		filters["name"] = technician
	vans = frappe.get_list(
		"Service Technician",
		filters=filters,
		fields=["name", "company", "van_warehouse", "supply_warehouse as supply"],
		order_by="name asc",
		limit_page_length=0,
	)
	usual = frappe.db.get_single_value("Stock Settings", "default_warehouse")
	owner = usual and frappe.get_cached_value("Warehouse", usual, "company")
	for van in vans:
		if not van.supply and van.company == owner and usual != van.van_warehouse:
			van.supply = usual
	return vans


def _levels(technicians: list[str]) -> dict[tuple[str, str], tuple[float, float]]:
	rows = frappe.get_all(
		"Van Stock Level",
		filters={"parenttype": "Service Technician", "parent": ("in", technicians)},
		fields=["parent", "item_code", "minimum", "maximum"],
		order_by="parent asc, idx asc",
	)
	return {(row.parent, row.item_code): (flt(row.minimum), flt(row.maximum)) for row in rows}


def _used(warehouses: list[str], days: int) -> dict[tuple[str, str], float]:
	"""What was issued from each warehouse in the last `days`: to jobs or sold, not moved elsewhere."""
	ledger = frappe.qb.DocType("Stock Ledger Entry")
	entry = frappe.qb.DocType("Stock Entry")
	rows = (
		frappe.qb.from_(ledger)
		.left_join(entry)
		.on((ledger.voucher_type == "Stock Entry") & (ledger.voucher_no == entry.name))
		.select(ledger.warehouse, ledger.item_code, Abs(Sum(ledger.actual_qty)))
		.where(ledger.warehouse.isin(warehouses) & (ledger.is_cancelled == 0) & (ledger.actual_qty < 0))
		.where(ledger.posting_date >= add_days(nowdate(), -cint(days)))
		.where((ledger.voucher_type == "Delivery Note") | (entry.purpose == "Material Issue"))
		.groupby(ledger.warehouse, ledger.item_code)
	).run()
	return {(warehouse, item): flt(qty) for warehouse, item, qty in rows}


def _on_the_way(warehouses: list[str], supplies: list[str], locking: bool) -> tuple[dict, dict]:
	"""What was asked for or drafted to go into each van and has not come yet, and what drafts take.

	Returns:
		(warehouse, item) → quantity coming into `warehouses`; the same → quantity drafted out of `supplies`.
	"""
	coming: dict[tuple[str, str], float] = defaultdict(float)
	leaving: dict[tuple[str, str], float] = defaultdict(float)
	requested, drafted = _requested(warehouses), _drafted(warehouses, supplies)
	if locking:
		requested, drafted = requested.for_update(), drafted.for_update()
	for warehouse, item, qty in requested.run():
		coming[warehouse, item] += max(flt(qty), 0)
	for source, warehouse, item, qty, request in drafted.run():
		leaving[source, item] += flt(qty)
		if not request:  # one made from a request is counted there until it is submitted
			coming[warehouse, item] += flt(qty)
	return coming, leaving


def _requested(warehouses: list[str]):
	request = frappe.qb.DocType("Material Request")
	row = frappe.qb.DocType("Material Request Item")
	return (
		frappe.qb.from_(row)
		.inner_join(request)
		.on(row.parent == request.name)
		.select(row.warehouse, row.item_code, row.stock_qty - row.ordered_qty)
		.where((request.material_request_type == TRANSFER) & (request.docstatus < 2))
		.where(request.status.notin(ENDED) & row.warehouse.isin(warehouses))
	)


def _drafted(warehouses: list[str], supplies: list[str]):
	entry = frappe.qb.DocType("Stock Entry")
	row = frappe.qb.DocType("Stock Entry Detail")
	return (
		frappe.qb.from_(row)
		.inner_join(entry)
		.on(row.parent == entry.name)
		.select(row.s_warehouse, row.t_warehouse, row.item_code, row.transfer_qty, row.material_request)
		.where((entry.docstatus == 0) & (entry.purpose == TRANSFER))
		.where(row.t_warehouse.isin(warehouses) | row.s_warehouse.isin(supplies or [""]))
	)


def _stock(items: Iterable[str], warehouses: Iterable[str]) -> dict[tuple[str, str], float]:
	from aftersales.spare_parts.parts import free_stock

	return {
		(warehouse, item): qty for (item, warehouse), qty in free_stock(items, warehouses=warehouses).items()
	}


def _items(items: Iterable[str]) -> dict[str, frappe._dict]:
	item = frappe.qb.DocType("Item")
	unit = frappe.qb.DocType("UOM")
	rows = (
		frappe.qb.from_(item)
		.left_join(unit)
		.on(item.stock_uom == unit.name)
		.select(item.name, item.item_name, item.stock_uom, unit.must_be_whole_number.as_("whole"))
		.where(item.name.isin(list(items) or [""]) & (item.disabled == 0))
		.orderby(item.name, order=Order.asc)
	).run(as_dict=True)
	return {row.name: row for row in rows}


# ---------------------------------------------------------------------------------- drafting


def _require_right_to_fill(technician: str) -> None:
	"""Whoever keeps the technician's record may fill their van, and they themselves."""
	own = frappe.db.get_value("Service Technician", technician, "user") == frappe.session.user
	if not own:
		frappe.has_permission("Service Technician", "write", doc=technician, throw=True)


def _draft(document: str, lacking: list[frappe._dict]) -> str | None:
	van = lacking[0]
	if not van.supply:
		frappe.throw(
			_("Set {0} of {1}, from which the van is filled.").format(
				frappe.bold(_("Van Is Filled from")), get_link_to_form("Service Technician", van.technician)
			),
			frappe.MandatoryError,
		)
	return (_stock_entry if document == "Stock Entry" else _material_request)(van, lacking)


def _stock_entry(van: frappe._dict, lacking: list[frappe._dict]) -> str | None:
	rows = [(row, min(row.propose, row.in_store)) for row in lacking]
	rows = [(row, qty) for row, qty in rows if qty > 0]
	if not rows:
		frappe.msgprint(
			_("{0} has none of the parts missing in {1}: {2}. Create a Material Request.").format(
				frappe.bold(escape_html(van.supply)),
				escape_html(van.technician),
				comma_and([escape_html(row.item_code) for row in lacking]),
			)
		)
		return None
	entry = frappe.new_doc(
		"Stock Entry",
		stock_entry_type=TRANSFER,
		purpose=TRANSFER,
		company=van.company,
		from_warehouse=van.supply,
		to_warehouse=van.van,
		remarks=_("Van of {0}").format(van.technician),
	)
	for row, qty in rows:
		entry.append(
			"items",
			{
				"item_code": row.item_code,
				"qty": qty,
				"uom": row.uom,
				"stock_uom": row.uom,
				"conversion_factor": 1,
				"s_warehouse": van.supply,
				"t_warehouse": van.van,
			},
		)
	return entry.insert(ignore_permissions=True).name


def _material_request(van: frappe._dict, lacking: list[frappe._dict]) -> str:
	request = frappe.new_doc(
		"Material Request",
		material_request_type=TRANSFER,
		company=van.company,
		transaction_date=nowdate(),
		schedule_date=nowdate(),
		set_from_warehouse=van.supply,
		set_warehouse=van.van,
	)
	for row in lacking:
		request.append(
			"items",
			{
				"item_code": row.item_code,
				"qty": row.propose,
				"uom": row.uom,
				"stock_uom": row.uom,
				"conversion_factor": 1,
				"schedule_date": nowdate(),
				"from_warehouse": van.supply,
				"warehouse": van.van,
			},
		)
	return request.insert(ignore_permissions=True).name
