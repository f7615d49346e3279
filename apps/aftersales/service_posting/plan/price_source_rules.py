"""Where the price of a line comes from, decided from plain values: what people ask when an amount surprises them."""

from dataclasses import dataclass

AGREED = "Agreed"
QUOTATION = "Quotation"
PRICE_LIST = "Price List"
PRICING_RULE = "Pricing Rule"
CONTRACT_SHARE = "Contract Share"
SERVICE_PRICE = "Service Price"
DISCOUNT = "Discount"


@dataclass(frozen=True)
class Price:
	"""The price of a line on the invoice, and what it could have come from.

	`rate` and `list_rate` per unit in the invoice's currency; `agreed_rate` is what the line says, `quotation`
	where that was accepted, `contract` what shares the price, `service_price` what charges or includes the line, `rules` the pricing rules ERPNext applied.
	"""

	rate: float
	list_rate: float
	price_list: str
	agreed_rate: float = 0
	quotation: str = ""
	contract: str = ""
	service_price: str = ""
	rules: tuple[str, ...] = ()
	discount: float = 0
	digits: int = 2


def price_source(price: Price) -> tuple[str, str]:
	"""The kind of source, and its name (of the quotation, contract, rule or price list; percentage of a discount).

	What the accountant changed on the invoice is told as such: it is no longer what was agreed.
	"""
	if price.contract:
		return CONTRACT_SHARE, price.contract
	if price.quotation and _same(price.rate, price.agreed_rate, price.digits):
		return QUOTATION, price.quotation
	if price.service_price and (not price.agreed_rate or _same(price.rate, price.agreed_rate, price.digits)):
		return SERVICE_PRICE, price.service_price
	if price.agreed_rate and _same(price.rate, price.agreed_rate, price.digits):
		return AGREED, ""
	if price.list_rate and _same(price.rate, price.list_rate, price.digits):
		return PRICE_LIST, price.price_list  # also where a pricing rule gives something else for it
	if price.rules:
		return PRICING_RULE, ", ".join(price.rules)
	if price.list_rate and price.rate < price.list_rate:
		return DISCOUNT, f"{price.discount:g} %" if price.discount else ""
	return AGREED, ""


def _same(one: float, other: float, digits: int) -> bool:
	return round(one - other, digits) == 0
