"""What a posting plan is made from and made of: plain values, without frappe. See `posting_plan`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from aftersales.core.rounding_rules import CENT, Unit
from aftersales.service_contracts.contract_rules import Terms

CUSTOMER = "Customer"
CONTRACT = "Contract"
PAYERS = (CUSTOMER, CONTRACT, "Warranty", "Internal", "Goodwill")

EXCESS = "excess "
"""Begins the line of a row of excess, which is made from no line of the job but from the whole."""


@dataclass(frozen=True)
class CategoryAccounts:
	"""The posting rule of one service category in one company; None takes ERPNext's own default."""

	category: str
	income_account: str | None = None
	expense_account: str | None = None
	cost_center: str | None = None
	labour_expense_account: str | None = None
	labour_recovery_account: str | None = None


@dataclass(frozen=True)
class Component:
	"""A stocked item of a Product Bundle: `qty` of one bundle, with its serial numbers and batch of the line."""

	item_code: str
	qty: float
	is_serialised: bool = False
	in_batches: bool = False
	serial_nos: tuple[str, ...] = ()
	batch_no: str | None = None


@dataclass(frozen=True)
class PartLine:
	"""A part used. `qty` in stock units; `rate` in the invoice's currency, 0 for the price list.

	`full_rate` is what the customer would pay without a contract; asked for lines that one pays. None:
	the item has no price; `net_part` of it is net, less than 1 where prices include tax. `agreed`: `rate` was accepted, also where it is 0. `components` are what leaves stock for a Product Bundle.
	`is_free`: a pricing rule gives it away, ERPNext puts it on the invoice itself. `included` of `qty` is paid by a
	service price already.
	"""

	name: str
	idx: int
	item_code: str
	qty: float
	charge_to: str
	warehouse: str | None = None
	rate: float = 0
	is_stock_item: bool = True
	is_serialised: bool = False
	serial_nos: tuple[str, ...] = ()
	batch_no: str | None = None
	description: str | None = None
	full_rate: float | None = 0
	net_part: float = 1
	agreed: bool = False
	components: tuple[Component, ...] = ()
	is_free: bool = False
	included: float = 0

	@property
	def moves_stock(self) -> bool:
		"""Whether something leaves stock: the part itself, or what a bundle is made of."""
		return self.is_stock_item or bool(self.components)

	@property
	def bundle_qty(self) -> float:
		"""Units that leave stock for a Product Bundle, all its items together."""
		return sum(self.qty * component.qty for component in self.components)

	def stocked(self) -> tuple["PartLine", ...]:
		"""The line as stock sees it: itself, or one for each item of the bundle."""
		if not self.components:
			return (self,) if self.is_stock_item else ()
		return tuple(
			replace(
				self,
				item_code=component.item_code,
				qty=self.qty * component.qty,
				is_stock_item=True,
				is_serialised=component.is_serialised,
				serial_nos=component.serial_nos,
				batch_no=component.batch_no,
				components=(),
			)
			for component in self.components
		)


@dataclass(frozen=True)
class LabourLine:
	"""Work or travel. `hours` is the billed quantity; `cost_rate` is company currency per hour.

	`rate`, `full_rate`, `net_part`, `agreed` and `included` (hours) as on a :class:`PartLine`.
	"""

	name: str
	idx: int
	hours: float
	charge_to: str
	item_code: str | None = None
	rate: float = 0
	cost_rate: float = 0
	description: str | None = None
	travel: bool = False
	full_rate: float | None = 0
	net_part: float = 1
	agreed: bool = False
	included: float = 0


@dataclass(frozen=True)
class Job:
	"""Everything the plan is made from; `rules` maps a payer to its category's accounts.

	`terms` are those of the job's contract; without them a contract pays its lines in full. `unit` is
	the smallest coin of the invoice's currency, `company_unit` of the company's. `price_list` is named where
	a price is missing.
	"""

	parts: tuple[PartLine, ...]
	labour: tuple[LabourLine, ...]
	rules: Mapping[str, CategoryAccounts]
	company: str = ""
	customer: str | None = None
	delivery_note_required: bool = False
	name: str = ""
	terms: Terms | None = None
	unit: Unit = CENT
	company_unit: Unit = CENT
	price_list: str = ""


@dataclass(frozen=True)
class StockRow:
	"""A part leaving `warehouse`; `expense_account` None takes the item's or the company's default."""

	line: str
	item_code: str
	qty: float
	warehouse: str
	serial_nos: tuple[str, ...]
	batch_no: str | None
	expense_account: str | None
	cost_center: str | None


@dataclass(frozen=True)
class InvoiceRow:
	"""A row the customer pays; `rate` 0 takes the price list unless it was `agreed`. `stock` is set when the row moves stock.

	`covered` is the percentage of the price that a contract pays of it.
	"""

	line: str
	item_code: str
	qty: float
	rate: float
	income_account: str | None
	cost_center: str | None
	description: str | None
	stock: StockRow | None = None
	covered: Decimal = Decimal(0)
	agreed: bool = False

	@property
	def has_rate(self) -> bool:
		"""Whether the rate is the row's own, not the price list's."""
		return bool(self.rate) or self.agreed


@dataclass(frozen=True)
class Share:
	"""Who pays what of a line: `full` = `contract` + `customer`; `rate` is the customer's per unit.

	`contract_net` is the contract's part without the tax that a price may include.
	"""

	full: Decimal
	contract: Decimal
	customer: Decimal
	rate: Decimal
	covered: Decimal
	contract_net: Decimal


@dataclass(frozen=True)
class ContractShares:
	"""The shares of each line that a contract pays, and the excess the customer bears of their sum.

	`excess` is what the invoice asks for, `excess_net` the same without included tax.
	"""

	lines: Mapping[str, Share] = field(default_factory=dict)
	excess: Decimal = Decimal(0)
	excess_net: Decimal = Decimal(0)

	@property
	def covered(self) -> Decimal:
		"""What the contract pays in the end, at the customer's prices, net of tax."""
		return sum((share.contract_net for share in self.lines.values()), Decimal(0)) - self.excess_net


@dataclass(frozen=True)
class LabourCostRow:
	"""Hours at cost, company currency, from `credit_account` to `debit_account`."""

	debit_account: str
	credit_account: str
	cost_center: str | None
	amount: Decimal


@dataclass(frozen=True)
class Problem:
	"""Why a job cannot be posted: a code for the message and the values it names."""

	code: str
	values: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class PostingPlan:
	"""The documents to make. `delivery_rows` is empty unless the company demands a Delivery Note."""

	issue_rows: tuple[StockRow, ...]
	delivery_rows: tuple[InvoiceRow, ...]
	invoice_rows: tuple[InvoiceRow, ...]
	labour_rows: tuple[LabourCostRow, ...]
	labour_cost: Decimal
	problems: tuple[Problem, ...]
	contract: ContractShares = field(default_factory=ContractShares)
	bundles: Mapping[str, float] = field(default_factory=dict)
	"""Line of a Product Bundle → units that leave stock for it, all its items together."""


def line_key(line: Any) -> str:
	"""The line's name, or its place while the line is not stored yet (preview of a draft)."""
	return line.name or f"{line.parentfield}-{line.idx}"
