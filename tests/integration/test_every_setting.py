"""Every report is the ledger to the cent, whatever ERPNext is set to (R-AC-6): settings times histories, generated.

`make test` has each choice once, which takes three settings. `make settings` has each three choices of different axes:
what goes wrong where two or three meet is found by it; the product of all would find what needs four. That, the third of
eight parts of it, or so many of it by chance, by one command:

	AFTERSALES_EVERY_SETTING=pairs python3 tools/dev.py pytest SITE -- tests/integration/test_every_setting.py
	AFTERSALES_EVERY_SETTING=triples python3 tools/dev.py pytest SITE -- tests/integration/test_every_setting.py
	AFTERSALES_EVERY_SETTING=1 python3 tools/dev.py pytest SITE -- tests/integration/test_every_setting.py
	AFTERSALES_EVERY_SETTING=3/8 python3 tools/dev.py pytest SITE -- ...
	AFTERSALES_EVERY_SETTING=50 AFTERSALES_SEED=7 python3 tools/dev.py pytest SITE -- ...
"""

import os
import random
import zlib
from itertools import combinations, product

import pytest

from tests.every_history import compare, histories
from tests.every_setting import AXES, covering, every_setting, name_of, shop_with

SAMPLES = {"pairs": 2, "triples": 3}
"""What is asked for → how many choices meet, each with each."""
WITH_EACH_CHOICE = 3
"""So many of the pairs' settings, as the search finds them, have each choice."""


def chosen() -> list[dict[str, str]]:
	"""A sample, all of them, a part of them, or the number asked for; in an order by chance."""
	asked, _slash, parts = os.environ.get("AFTERSALES_EVERY_SETTING", "").partition("/")
	if not asked:
		return covering(2)[:WITH_EACH_CHOICE]
	if asked in SAMPLES:
		return covering(SAMPLES[asked])
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


def test_each_choice_is_made_and_each_three_meet():
	for axis, choices in AXES.items():
		assert {setting[axis] for setting in covering(2)[:WITH_EACH_CHOICE]} == set(choices)
	settings = covering(3)
	for axes in combinations(AXES, 3):
		met = {tuple(setting[axis] for axis in axes) for setting in settings}
		assert met == set(product(*(AXES[axis] for axis in axes))), axes
	assert len(settings) < 30
