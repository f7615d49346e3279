"""Which promise of ours or of the maker covers a product on the day its call is received (R-IN-6).

Pure: plain values in, plain values out, no site needed. `coverage.py` loads the facts.

Rules
- A warranty date is inclusive: the product is covered through that day.
- Two sources can know the product's warranty: the ERPNext Serial No and our product file (Customer
  Equipment). The later end wins, because a correction or an extension is written where it is known;
  at the same date the Serial No is named.
- Our repair warranty covers that repair only, and comes from a repair, not from an inspection or an
  installation. It wins when the customer reports the very symptom we repaired, or the fault is the one we
  found: then it is our own failed repair, not the maker's cost. While symptom or fault is unknown on one
  side the product's own warranty goes first, and the repair warranty applies only where no other does, in
  the customer's favour. A different symptom is not covered by it.
- A service contract comes after every warranty of product and repair: what the maker or our own repair owes
  is not taken from the customer's contract. It covers whatever the symptom. ERPNext's own maintenance
  contract of a Serial No (AMC) comes after ours.
- A part we fitted has a warranty of its own. It covers the product where nothing else does and the part is
  known to be concerned: its serial number was told, or the symptom or fault is the one it was fitted for.
- The warranty on labour may end before that of the product. Then its parts are free and the work is not: it is
  the contract's where one covers the product, else the customer's.
- Nothing known about the product's warranty is `Unknown`; known and over is `None`.
- Coverage speaks of failures. Any other request is charged as its type says; see :func:`propose`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from aftersales.service_calls.entitlement.part_warranty_rules import FittedPart

Kind = Literal[
	"Repair Warranty", "Warranty", "Warranty on Parts", "Contract", "Part Warranty", "None", "Unknown"
]
Because = Literal["coverage", "not a failure", "application", "part only", "not covered"]

# who pays, by what covers the product; what is not listed is paid by the customer
CHARGE_RULES: dict[str, str] = {
	"Repair Warranty": "Warranty",
	"Warranty": "Warranty",
	"Contract": "Contract",
}


@dataclass(frozen=True)
class PastRepair:
	"""A finished repair of the product: `until` is the last day of its own warranty."""

	job: str
	until: date
	symptom: str | None = None
	fault: str | None = None


@dataclass(frozen=True)
class KnownDates:
	"""What the registers say about one product. Dates are the last covered day.

	`repair_warranty_until` and `repaired_symptom` speak of a repair of which no job is on file.
	"""

	serial_no: str | None = None
	serial_warranty_until: date | None = None
	equipment: str | None = None
	product_warranty_until: date | None = None
	labour_warranty_until: date | None = None
	repair_warranty_until: date | None = None
	repaired_symptom: str | None = None
	contract: str | None = None
	contract_until: date | None = None
	amc_until: date | None = None
	repairs: tuple[PastRepair, ...] = ()
	parts: tuple[FittedPart, ...] = ()


@dataclass(frozen=True)
class Reported:
	"""What is told of the fault: codes, and the key of a fitted part's serial number."""

	symptom: str | None = None
	fault: str | None = None
	part_serial: str | None = None


@dataclass(frozen=True)
class Coverage:
	"""The answer: what covers the product, where that is written, and until which day.

	`job` names the repair whose warranty it is, `part` the part under warranty.
	"""

	kind: Kind
	source: str | None = None
	until: date | None = None
	job: str | None = None
	part: FittedPart | None = None


@dataclass(frozen=True)
class Category:
	"""A Service Category that may be proposed."""

	name: str
	charge_rule: str
	requires_authorisation: bool = False


@dataclass(frozen=True)
class Request:
	"""What is asked for: `is_failure` something has failed, `by_contract` contracts pay for it as well."""

	is_failure: bool = True
	by_contract: bool = True
	support_kind: str | None = None
	type_default: str | None = None


@dataclass(frozen=True)
class Proposal:
	"""The category to propose (None when none fits), and what decided."""

	category: str | None
	because: Because


def work_out(
	known: KnownDates,
	on: date,
	symptom: str | None = None,
	fault: str | None = None,
	part_serial: str | None = None,
) -> Coverage:
	"""Coverage of a product on the day `on`, for what the customer reports.

	Args:
		symptom: code of the symptom reported.
		fault: code of the fault, where it is known already.
		part_serial: key of the serial number of the fitted part that has failed.
	"""
	told = Reported(symptom, fault, part_serial)
	product = _product_warranty(known)
	repair, is_same = _repair_warranty(known, on, told)
	if repair and is_same:
		return repair
	parts_only = product and product.until >= on and labour_is_over(known.labour_warranty_until, on)
	if product and product.until >= on and not parts_only:
		return product
	if repair:
		return repair
	if contract := _contract(known, on):
		return contract
	if parts_only:
		return Coverage("Warranty on Parts", product.source, product.until)
	if part := part_concerned(known.parts, on, told):
		return Coverage("Part Warranty", part.job, part.until, part.job, part)
	if product:
		return Coverage("None", product.source, product.until)
	return Coverage("Unknown")


def labour_is_over(until: date | None, on: date) -> bool:
	"""True when the work on a product is not warranted any more; without a date it is as long as the product."""
	return until is not None and until < on


def part_concerned(parts: Iterable[FittedPart], on: date, told: Reported) -> FittedPart | None:
	"""The fitted part under warranty that the report is about, the one warranted longest; None when none is."""
	found = [part for part in parts if part.until >= on and _is_about(part, told)]
	return max(found, key=lambda part: (part.until, part.line), default=None)


def propose(
	coverage: Kind | None,
	request: Request,
	categories: Iterable[Category],
	part_covers_work: bool = False,
) -> Proposal:
	"""The Service Category to propose for a request, and why.

	Coverage speaks of failures: an inspection, an installation, a training, a part sold is charged as its
	type says. A contract may pay for such requests as well, where the type says so. Warranty decides for
	support in use, not for application support. A part's own warranty pays for the part, and for the
	work only where the site says so. Where no coverage decides, the request type's default does, else
	the customer pays. A category that needs authorisation, goodwill above all, is never proposed.

	Args:
		coverage: kind of the coverage found at intake.
		request: what the type of the call says.
		categories: enabled categories in the order to prefer.
		part_covers_work: the site's rule for a part under warranty.
	"""
	allowed = [c for c in categories if c.charge_rule != "Goodwill" and not c.requires_authorisation]
	rule, because = _rule_of(coverage, request, part_covers_work)
	if rule:
		return Proposal(_first(allowed, rule), because)
	if request.type_default in {c.name for c in allowed}:
		return Proposal(request.type_default, because)
	return Proposal(_first(allowed, "Customer"), because)


def _rule_of(coverage: Kind | None, request: Request, part_covers_work: bool) -> tuple[str | None, Because]:
	rule = CHARGE_RULES.get(coverage or "")
	if coverage == "Part Warranty":
		rule = "Warranty" if part_covers_work else None
	if coverage == "Warranty on Parts":
		rule = None
	if coverage in (None, "", "None", "Unknown"):
		return None, "not covered" if request.is_failure else "not a failure"
	if rule == "Contract" and (request.is_failure or request.by_contract):
		return rule, "coverage"
	if not request.is_failure:
		return None, "not a failure"
	if request.support_kind == "Application":
		return None, "application"
	return rule, "coverage" if rule else "part only"


def propose_category(
	coverage: Kind | None,
	support_kind: str | None,
	type_default: str | None,
	categories: Iterable[Category],
) -> str | None:
	"""The Service Category to propose for a failure; None when no category fits. See :func:`propose`."""
	request = Request(support_kind=support_kind, type_default=type_default)
	return propose(coverage, request, categories).category


def _product_warranty(known: KnownDates) -> Coverage | None:
	serial = known.serial_warranty_until
	product = known.product_warranty_until
	if serial and (not product or serial >= product):
		return Coverage("Warranty", f"Serial No {known.serial_no}", serial)
	if product:
		return Coverage("Warranty", f"Customer Equipment {known.equipment}", product)
	return None


def _repair_warranty(known: KnownDates, on: date, told: Reported) -> tuple[Coverage | None, bool]:
	"""The repair warranty that may cover what is told, and whether it is the very fault we repaired."""
	source = f"Repair of {known.equipment}"
	repairs = list(known.repairs)
	if known.repair_warranty_until:
		repairs.append(PastRepair("", known.repair_warranty_until, known.repaired_symptom))
	valid = [repair for repair in repairs if repair.until >= on]
	for is_same, fits in ((True, _same_fault), (False, _may_be_same)):
		if found := max((r for r in valid if fits(r, told)), key=lambda r: (r.until, r.job), default=None):
			return Coverage("Repair Warranty", source, found.until, found.job or None), is_same
	return None, False


def _contract(known: KnownDates, on: date) -> Coverage | None:
	if known.contract and known.contract_until and known.contract_until >= on:
		return Coverage("Contract", f"Service Contract {known.contract}", known.contract_until)
	if known.amc_until and known.amc_until >= on:
		return Coverage("Contract", f"Serial No {known.serial_no}", known.amc_until)
	return None


def _same_fault(repair: PastRepair | FittedPart, told: Reported) -> bool:
	return bool(told.symptom and told.symptom == repair.symptom) or bool(
		told.fault and told.fault == repair.fault
	)


def _may_be_same(repair: PastRepair, told: Reported) -> bool:
	"""Neither the symptoms nor the faults are known to differ."""
	return not (
		(told.symptom and repair.symptom and told.symptom != repair.symptom)
		or (told.fault and repair.fault and told.fault != repair.fault)
	)


def _is_about(part: FittedPart, told: Reported) -> bool:
	if told.part_serial:
		return told.part_serial in part.serials
	return _same_fault(part, told)


def _first(categories: Iterable[Category], charge_rule: str) -> str | None:
	return next((c.name for c in categories if c.charge_rule == charge_rule), None)
