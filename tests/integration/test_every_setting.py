"""Every report is the ledger to the cent, whatever ERPNext is set to (R-AC-6): settings times histories, generated.

The sample has each two choices of different axes once. All settings, the third of eight parts of them, or so many of
them by chance, by one command:

	AFTERSALES_EVERY_SETTING=1 python3 tools/dev.py pytest SITE -- tests/integration/test_every_setting.py
	AFTERSALES_EVERY_SETTING=3/8 python3 tools/dev.py pytest SITE -- ...
	AFTERSALES_EVERY_SETTING=50 AFTERSALES_SEED=7 python3 tools/dev.py pytest SITE -- ...
"""

import os
import random
import zlib

import pytest

from tests.every_history import compare, histories
from tests.every_setting import every_setting, name_of, sample, shop_with


def chosen() -> list[dict[str, str]]:
	"""A sample, all of them, a part of them, or the number asked for; in an order by chance."""
	asked, _slash, parts = os.environ.get("AFTERSALES_EVERY_SETTING", "").partition("/")
	if not asked:
		return sample()
	settings = every_setting()
	random.Random(int(os.environ.get("AFTERSALES_SEED") or 0)).shuffle(settings)
	if parts:
		return settings[int(asked) - 1 :: int(parts)]
	return settings if asked == "1" else settings[: int(asked)]


@pytest.mark.parametrize("setting", chosen(), ids=name_of)
def test_reports_are_the_ledger(setting):
	shop = shop_with(setting)
	left = histories(shop, zlib.crc32(name_of(setting).encode()))
	compared = compare(shop, left)
	assert {label: both for label, both in compared.items() if both[0] != both[1]} == {}
