"""Which promise of ours or of the maker covers a product on the day its call is received (R-IN-6).

Pure: plain values in, plain values out, no site needed. `coverage.py` loads the facts.

Rules
- A warranty date is inclusive: the product is covered through that day.
- Two sources can know the product's warranty: the ERPNext Serial No and our product file (Customer
  Equipment). The later end wins, because a correction or an extension is written where it is known;
  at the same date the Serial No is named.
- Our repair warranty covers that repair only. It wins when the customer reports the very symptom we
  repaired: then it is our own failed repair, not the maker's cost. While one of the two symptoms is
  unknown the product's own warranty goes first, and the repair warranty applies only where no other
  does, in the customer's favour. A different symptom is not covered by it.
- A service contract comes after every warranty: what the maker or our own repair owes is not taken from
  the customer's contract. It covers whatever the symptom.
- Nothing known about the product's warranty is `Unknown`; known and over is `None`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["Repair Warranty", "Warranty", "Contract", "None", "Unknown"]

# who pays, by what covers the product; what is not listed is paid by the customer
CHARGE_RULES: dict[str, str] = {
	"Repair Warranty": "Warranty",
	"Warranty": "Warranty",
	"Contract": "Contract",
}


@dataclass(frozen=True)
class KnownDates:
	"""What the registers say about one product. Dates are the last covered day."""

	serial_no: str | None = None
	serial_warranty_until: date | None = None
	equipment: str | None = None
	product_warranty_until: date | None = None
	repair_warranty_until: date | None = None
	repaired_symptom: str | None = None
	contract: str | None = None
	contract_until: date | None = None


@dataclass(frozen=True)
class Coverage:
	"""The answer: what covers the product, where that is written, and until which day."""

	kind: Kind
	source: str | None = None
	until: date | None = None


@dataclass(frozen=True)
class Category:
	"""A Service Category that may be proposed."""

	name: str
	charge_rule: str
	requires_authorisation: bool = False


def work_out(known: KnownDates, on: date, symptom: str | None = None) -> Coverage:
	"""Coverage of a product on the day `on`, for the symptom the customer reports."""
	product = _product_warranty(known)
	repair = _repair_warranty(known, on, symptom)
	if repair and _same_fault(known, symptom):
		return repair
	if product and product.until >= on:
		return product
	if repair:
		return repair
	if known.contract and known.contract_until and known.contract_until >= on:
		return Coverage("Contract", f"Service Contract {known.contract}", known.contract_until)
	if product:
		return Coverage("None", product.source, product.until)
	return Coverage("Unknown")


def propose_category(
	coverage: Kind | None,
	support_kind: str | None,
	type_default: str | None,
	categories: Iterable[Category],
) -> str | None:
	"""The Service Category to propose; None when no category fits.

	Warranty speaks of faults: it decides for support in use, not for application support (training,
	help to get results). Where no coverage decides, the request type's own default does, else the
	customer pays. A category that needs authorisation, goodwill above all, is never proposed.

	Args:
		coverage: kind of the coverage found at intake.
		support_kind: "Use", "Application" or empty (taken as use).
		type_default: default category of the request type.
		categories: enabled categories in the order to prefer.
	"""
	allowed = [c for c in categories if c.charge_rule != "Goodwill" and not c.requires_authorisation]
	rule = CHARGE_RULES.get(coverage or "")
	if rule == "Warranty" and support_kind == "Application":
		rule = None
	if rule:
		return _first(allowed, rule)
	if type_default in {c.name for c in allowed}:
		return type_default
	return _first(allowed, "Customer")


def _product_warranty(known: KnownDates) -> Coverage | None:
	serial = known.serial_warranty_until
	product = known.product_warranty_until
	if serial and (not product or serial >= product):
		return Coverage("Warranty", f"Serial No {known.serial_no}", serial)
	if product:
		return Coverage("Warranty", f"Customer Equipment {known.equipment}", product)
	return None


def _repair_warranty(known: KnownDates, on: date, symptom: str | None) -> Coverage | None:
	until = known.repair_warranty_until
	if not until or until < on or _other_fault(known, symptom):
		return None
	return Coverage("Repair Warranty", f"Repair of {known.equipment}", until)


def _same_fault(known: KnownDates, symptom: str | None) -> bool:
	return bool(symptom) and symptom == known.repaired_symptom


def _other_fault(known: KnownDates, symptom: str | None) -> bool:
	return bool(symptom and known.repaired_symptom) and symptom != known.repaired_symptom


def _first(categories: Iterable[Category], charge_rule: str) -> str | None:
	return next((c.name for c in categories if c.charge_rule == charge_rule), None)
