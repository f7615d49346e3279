"""Coverage at intake and the category it proposes (R-IN-6), without a site."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.service_calls.entitlement.coverage_rules import (
	Category,
	Coverage,
	KnownDates,
	propose_category,
	work_out,
)

DAY = date(2026, 3, 10)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
CATEGORIES = [
	Category("A", "Customer"),
	Category("B", "Contract"),
	Category("C", "Warranty"),
	Category("D", "Internal"),
	Category("Goodwill", "Goodwill", requires_authorisation=True),
]

dates = st.none() | st.dates(DAY - timedelta(days=900), DAY + timedelta(days=900))
symptoms = st.sampled_from([None, "SYM-LEAK", "SYM-NOISE"])
products = st.builds(
	KnownDates,
	serial_no=st.just("SN-1"),
	serial_warranty_until=dates,
	equipment=st.just("EQ-1"),
	product_warranty_until=dates,
	repair_warranty_until=dates,
	repaired_symptom=symptoms,
	contract=st.sampled_from([None, "CT-1"]),
	contract_until=dates,
)


def known(**values) -> KnownDates:
	return KnownDates(**{"serial_no": "SN-1", "equipment": "EQ-1", **values})


@pytest.mark.parametrize(
	("facts", "symptom", "expected"),
	[
		({}, None, Coverage("Unknown")),
		({"serial_warranty_until": DAY}, None, Coverage("Warranty", "Serial No SN-1", DAY)),
		({"serial_warranty_until": BEFORE}, None, Coverage("None", "Serial No SN-1", BEFORE)),
		({"product_warranty_until": AFTER}, None, Coverage("Warranty", "Customer Equipment EQ-1", AFTER)),
		({"product_warranty_until": BEFORE}, None, Coverage("None", "Customer Equipment EQ-1", BEFORE)),
		# two registers know the product: the later end wins, the serial at a tie
		(
			{"serial_warranty_until": BEFORE, "product_warranty_until": AFTER},
			None,
			Coverage("Warranty", "Customer Equipment EQ-1", AFTER),
		),
		(
			{"serial_warranty_until": AFTER, "product_warranty_until": AFTER},
			None,
			Coverage("Warranty", "Serial No SN-1", AFTER),
		),
		# the symptom we repaired is back: our own repair answers for it, before the maker
		(
			{"serial_warranty_until": AFTER, "repair_warranty_until": DAY, "repaired_symptom": "SYM-LEAK"},
			"SYM-LEAK",
			Coverage("Repair Warranty", "Repair of EQ-1", DAY),
		),
		# a contract comes after every warranty and before none
		(
			{"contract": "CT-1", "contract_until": DAY},
			None,
			Coverage("Contract", "Service Contract CT-1", DAY),
		),
		(
			{"contract": "CT-1", "contract_until": AFTER, "serial_warranty_until": DAY},
			None,
			Coverage("Warranty", "Serial No SN-1", DAY),
		),
		(
			{"contract": "CT-1", "contract_until": AFTER, "repair_warranty_until": DAY},
			"SYM-LEAK",
			Coverage("Repair Warranty", "Repair of EQ-1", DAY),
		),
		(
			{"contract": "CT-1", "contract_until": AFTER, "serial_warranty_until": BEFORE},
			None,
			Coverage("Contract", "Service Contract CT-1", AFTER),
		),
		({"contract": "CT-1", "contract_until": BEFORE}, None, Coverage("Unknown")),
		# another symptom: the repair warranty says nothing
		(
			{"repair_warranty_until": AFTER, "repaired_symptom": "SYM-LEAK"},
			"SYM-NOISE",
			Coverage("Unknown"),
		),
		(
			{
				"serial_warranty_until": BEFORE,
				"repair_warranty_until": AFTER,
				"repaired_symptom": "SYM-LEAK",
			},
			"SYM-NOISE",
			Coverage("None", "Serial No SN-1", BEFORE),
		),
		# symptom unknown: the product's own warranty first, then the repair's
		(
			{"serial_warranty_until": AFTER, "repair_warranty_until": AFTER},
			None,
			Coverage("Warranty", "Serial No SN-1", AFTER),
		),
		(
			{"serial_warranty_until": BEFORE, "repair_warranty_until": AFTER, "repaired_symptom": "SYM-LEAK"},
			None,
			Coverage("Repair Warranty", "Repair of EQ-1", AFTER),
		),
		# an expired repair warranty alone tells nothing about the product's
		({"repair_warranty_until": BEFORE}, None, Coverage("Unknown")),
	],
)
def test_coverage_on_the_day_of_receipt(facts, symptom, expected):
	assert work_out(known(**facts), DAY, symptom) == expected


@settings(derandomize=True, max_examples=400)
@given(products, symptoms)
def test_a_covering_answer_is_never_over_and_always_names_its_source(product, symptom):
	answer = work_out(product, DAY, symptom)
	if answer.kind in ("Warranty", "Repair Warranty", "Contract"):
		assert answer.until >= DAY
		assert answer.source
	elif answer.kind == "None":
		assert answer.until < DAY
		assert answer.source
	else:
		assert (answer.source, answer.until) == (None, None)


@settings(derandomize=True, max_examples=400)
@given(products, symptoms)
def test_unknown_only_when_no_warranty_of_the_product_is_known(product, symptom):
	answer = work_out(product, DAY, symptom)
	nothing_known = product.serial_warranty_until is None and product.product_warranty_until is None
	assert (answer.kind == "Unknown") <= nothing_known
	assert (answer.kind in ("None", "Warranty")) <= (not nothing_known)


@settings(derandomize=True, max_examples=400)
@given(products, symptoms, st.integers(0, 400))
def test_a_later_receipt_never_gains_product_warranty(product, symptom, days):
	if work_out(product, DAY + timedelta(days=days), symptom).kind == "Warranty":
		assert work_out(product, DAY, symptom).kind in ("Warranty", "Repair Warranty")


@settings(derandomize=True, max_examples=300)
@given(products)
def test_a_different_symptom_is_never_repair_warranty(product):
	other = "SYM-OTHER"
	if product.repaired_symptom:
		assert work_out(product, DAY, other).kind != "Repair Warranty"


@pytest.mark.parametrize(
	("coverage", "support_kind", "type_default", "expected"),
	[
		("Warranty", "Use", None, "C"),
		("Warranty", "Use", "A", "C"),
		("Repair Warranty", None, None, "C"),
		("Contract", "Use", None, "B"),
		("Contract", "Application", "A", "B"),
		("None", "Use", None, "A"),
		("Unknown", "Use", None, "A"),
		(None, None, None, "A"),
		("None", "Use", "D", "D"),
		# warranty pays for faults, not for training
		("Warranty", "Application", None, "A"),
		("Warranty", "Application", "D", "D"),
		# goodwill is never proposed, not even as a default of the request type
		("None", "Use", "Goodwill", "A"),
		("None", "Use", "Missing", "A"),
	],
)
def test_proposed_category(coverage, support_kind, type_default, expected):
	assert propose_category(coverage, support_kind, type_default, CATEGORIES) == expected


def test_no_category_fits():
	assert propose_category("Warranty", "Use", None, [Category("A", "Customer")]) is None
	assert propose_category("None", "Use", None, []) is None


@settings(derandomize=True, max_examples=300)
@given(
	st.sampled_from(["Repair Warranty", "Warranty", "Contract", "None", "Unknown", None]),
	st.sampled_from(["Use", "Application", None]),
	st.sampled_from([None, "c0", "c1", "c2"]),
	st.lists(
		st.tuples(
			st.sampled_from(["Customer", "Contract", "Warranty", "Internal", "Goodwill"]), st.booleans()
		),
		max_size=5,
	),
)
def test_what_needs_authorisation_is_never_proposed(coverage, support_kind, type_default, rows):
	categories = [Category(f"c{i}", rule, authorised) for i, (rule, authorised) in enumerate(rows)]
	proposed = propose_category(coverage, support_kind, type_default, categories)
	forbidden = {c.name for c in categories if c.charge_rule == "Goodwill" or c.requires_authorisation}
	assert proposed not in forbidden
	assert proposed is None or proposed in {c.name for c in categories}


PARTS_ONLY = {"product_warranty_until": AFTER, "labour_warranty_until": BEFORE}


@pytest.mark.parametrize(
	("facts", "kind"),
	[
		(PARTS_ONLY, "Warranty on Parts"),
		({**PARTS_ONLY, "labour_warranty_until": DAY}, "Warranty"),
		({**PARTS_ONLY, "product_warranty_until": BEFORE}, "None"),
		({**PARTS_ONLY, "contract": "CT-1", "contract_until": AFTER}, "Contract"),
	],
)
def test_the_warranty_on_labour_may_end_before_that_of_the_product(facts, kind):
	assert work_out(known(**facts), DAY).kind == kind


def test_work_beside_warranted_parts_is_charged():
	assert propose_category("Warranty on Parts", "Use", None, CATEGORIES) == "A"
