"""What the agent asks about a product's owner, without a site."""

import pytest

from aftersales.installed_base.ownership_rules import ProductFacts, concerns, key_of


@pytest.mark.parametrize(
	("facts", "codes"),
	[
		({}, []),
		({"serial_no": "S1"}, []),  # ERPNext does not know where it is
		({"serial_no": "S1", "sold_to": "Nora"}, []),
		({"serial_no": "S1", "sold_to": "Buyer Two"}, ["other_customer"]),
		({"serial_no": "S1", "warehouse": "Stores"}, ["in_stock"]),
		({"serial_no": "S1", "warehouse": "Stores", "sold_to": "Buyer Two"}, ["in_stock"]),
		({"equipment": "EQ-1", "status": "In Use"}, []),
		({"equipment": "EQ-1", "status": "Scrapped"}, ["gone"]),
		({"equipment": "EQ-1", "status": "Returned"}, ["gone"]),
		({"equipment": "EQ-1", "told_serial": "OLD", "current_serial": "NEW"}, ["replaced"]),
		({"serial_no": "S1", "other_file": "EQ-9", "other_owner": "Buyer Two"}, ["other_file"]),
	],
)
def test_what_is_asked(facts, codes):
	found = concerns(ProductFacts(customer="Nora", **facts))
	assert [concern.code for concern in found] == codes
	assert bool(key_of(found)) is bool(codes)


def test_another_owner_is_another_question():
	one = concerns(ProductFacts("Nora", serial_no="S1", sold_to="Dealer"))
	other = concerns(ProductFacts("Nora", serial_no="S1", sold_to="Buyer Two"))
	assert key_of(one) != key_of(other)
