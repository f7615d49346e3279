"""Where a price comes from (`price_source_rules`)."""

import pytest

from aftersales.service_posting.plan.price_source_rules import Price, price_source

LIST = {"list_rate": 60, "price_list": "Standard Selling"}


@pytest.mark.parametrize(
	("price", "source"),
	[
		(Price(rate=60, **LIST), ("Price List", "Standard Selling")),
		(Price(rate=55, agreed_rate=55, **LIST), ("Agreed", "")),
		(Price(rate=56, agreed_rate=56, quotation="Q-1", **LIST), ("Quotation", "Q-1")),
		(Price(rate=0, agreed_rate=0, quotation="Q-1", **LIST), ("Quotation", "Q-1")),
		# the accountant changed what was accepted
		(Price(rate=50, agreed_rate=56, quotation="Q-1", **LIST), ("Discount", "")),
		(Price(rate=54, rules=("PRLE-1", "PRLE-2"), discount=10, **LIST), ("Pricing Rule", "PRLE-1, PRLE-2")),
		(Price(rate=60, rules=("PRLE-1",), **LIST), ("Price List", "Standard Selling")),
		(Price(rate=45, discount=25, **LIST), ("Discount", "25 %")),
		(Price(rate=70, **LIST), ("Agreed", "")),
		(Price(rate=30, contract="SC-1", agreed_rate=60, **LIST), ("Contract Share", "SC-1")),
		(Price(rate=20, list_rate=0, price_list=""), ("Agreed", "")),
	],
)
def test_a_price_has_one_source(price, source):
	assert price_source(price) == source
