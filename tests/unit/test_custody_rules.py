"""Life of a Collection Receipt."""

from dataclasses import replace

import pytest

from aftersales.customer_goods.custody_rules import (
	NEXT_STATES,
	Accessory,
	Return,
	kept_back,
	missing_for_recovery,
)
from aftersales.customer_goods.life_rules import may_follow

LEAD = Accessory("Mains lead", 1, True)
RACK = Accessory("Sample rack", 2, False)
SIGNED = Return("data:image/png;base64,x", "N. Byrne", None, None, (LEAD,))


@pytest.mark.parametrize(
	("before", "after", "allowed"),
	[
		("Issued", "Recovered", True),
		("Recovered", "Voided", True),
		("Issued", "Issued", True),
		("Issued", "Voided", False),
		("Recovered", "Issued", False),
		("Voided", "Recovered", False),
		("Voided", "Issued", False),
		("Issued", "Cancelled", False),
		("Issued", "Draft", False),
	],
)
def test_one_way(before, after, allowed):
	assert may_follow(NEXT_STATES, before, after) is allowed


def test_signed_and_complete():
	assert missing_for_recovery(SIGNED) == ()


def test_signature_and_name():
	assert missing_for_recovery(replace(SIGNED, signature="")) == ("return_signature",)
	assert missing_for_recovery(replace(SIGNED, signed_by=None)) == ("return_signed_by",)


def test_accessory_kept_back_is_explained():
	partly = replace(SIGNED, accessories=(LEAD, RACK))
	assert kept_back(partly.accessories) == ("Sample rack",)
	assert missing_for_recovery(partly) == ("return_notes",)
	assert missing_for_recovery(replace(partly, notes="Rack follows by post")) == ()


def test_accessory_of_quantity_zero_was_never_handed_over():
	assert kept_back([Accessory("Manual", 0, False)]) == ()


def test_lost_receipt_is_declared_instead_of_signed():
	lost = Return(None, None, None, "Customer lost the slip; product collected on 3 March", (RACK,))
	assert missing_for_recovery(lost) == ()
