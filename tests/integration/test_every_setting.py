"""Every report is the ledger to the cent, whatever ERPNext is set to (R-AC-6): settings times histories, generated.

The sample has each two choices of different axes once. All settings by one command:

	AFTERSALES_EVERY_SETTING=1 python3 tools/dev.py pytest SITE -- tests/integration/test_every_setting.py
"""

import os
import zlib

import pytest

from tests.every_history import compare, histories
from tests.every_setting import every_setting, name_of, sample, shop_with

SETTINGS = every_setting() if os.environ.get("AFTERSALES_EVERY_SETTING") else sample()


@pytest.mark.parametrize("setting", SETTINGS, ids=name_of)
def test_reports_are_the_ledger(setting):
	shop = shop_with(setting)
	left = histories(shop, zlib.crc32(name_of(setting).encode()))
	compared = compare(shop, left)
	assert {label: both for label, both in compared.items() if both[0] != both[1]} == {}
