"""What a scanned code stands for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.repair_workshop.scan_rules import LONGEST, Code, read


@pytest.mark.parametrize(
	("text", "code"),
	[
		("RP-2026-00001", Code("RP-2026-00001")),
		("  CW-2018-5531\n", Code("CW-2018-5531")),
		("https://erp.example/scan/EQ-00001", Code("EQ-00001")),
		("http://erp.example:8000/scan/EQ%2F1%20b?x=1#y", Code("EQ/1 b")),
		("https://erp.example/app/repair-card/RP-1", Code("RP-1", "Repair Card")),
		("https://erp.example/desk/collection-receipt/CR-1", Code("CR-1", "Collection Receipt")),
		("https://erp.example/app/user/Administrator", None),
		("https://example.com/", None),
		("https://example.com/scan/", None),
		("http://[", None),
		("", None),
		(None, None),
		("   ", None),
	],
)
def test_codes(text, code):
	assert read(text) == code


@given(st.text(max_size=2 * LONGEST))
def test_whatever_is_scanned_is_read_or_refused(text):
	code = read(text)
	assert code is None or (code.name and len(code.name) <= LONGEST)
