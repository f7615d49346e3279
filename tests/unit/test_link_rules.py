"""Signed links: what is genuine opens, whatever is forged, expired or revoked does not."""

import random
import string
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from aftersales.customer_portal import link_rules as rules
from aftersales.customer_portal.link_rules import Link, is_good, key_of, sign, token_of

SECRET = b"s" * 32
NOW = 1_800_000_000
LINK = Link("k" * 22, "Estimate", "Repair Card", "RP-2026-00001", "Nora Byrne", NOW + 3600)
TOKEN = token_of(LINK, SECRET)
ALPHABET = string.ascii_letters + string.digits + "-_"


def test_a_genuine_token_opens_its_link_until_it_expires():
	assert is_good(LINK, TOKEN, SECRET, NOW)
	assert is_good(LINK, TOKEN, SECRET, LINK.expires_at - 1)
	assert not is_good(LINK, TOKEN, SECRET, LINK.expires_at)


def test_a_revoked_or_unknown_link_opens_nothing():
	assert not is_good(replace(LINK, revoked=True), TOKEN, SECRET, NOW)
	assert not is_good(None, TOKEN, SECRET, NOW)
	assert not is_good(None, token_of(rules.NO_LINK, SECRET), SECRET, 0)


def test_another_secret_opens_nothing():
	assert not is_good(LINK, token_of(LINK, b"t" * 32), SECRET, NOW)


def test_every_term_of_a_link_is_inside_the_signature():
	for change in (
		{"purpose": "Track"},
		{"doctype": "Repair Call"},
		{"name": "RP-2026-00002"},
		{"customer": "Quinn Foods"},
		{"expires_at": NOW + 7200},
	):
		assert not is_good(replace(LINK, **change), TOKEN, SECRET, NOW), change


def test_10_000_mutated_tokens_are_refused():
	"""Changed, swapped, dropped, added and truncated characters; each also long after its time."""
	chance = random.Random(20261124)
	tried = set()
	while len(tried) < 10_000:
		mutated = _mutated(TOKEN, chance)
		if mutated == TOKEN or mutated in tried:
			continue
		tried.add(mutated)
		assert not is_good(LINK, mutated, SECRET, NOW), mutated
		assert not is_good(LINK if key_of(mutated) == LINK.key else None, mutated, SECRET, NOW)
	assert not any(is_good(LINK, token, SECRET, LINK.expires_at + at) for at, token in enumerate(tried))


def test_10_000_expired_tokens_are_refused():
	chance = random.Random(7)
	for number in range(10_000):
		link = replace(LINK, name=f"RP-{number}", expires_at=NOW - chance.randrange(0, 10**8))
		assert not is_good(link, token_of(link, SECRET), SECRET, NOW)


@given(st.text(max_size=80))
def test_whatever_is_sent_is_refused_without_an_error(token):
	assume(token != TOKEN)
	key_of(token)
	assert not is_good(LINK, token, SECRET, NOW)
	assert not is_good(None, token, SECRET, NOW)


@given(st.lists(st.text(max_size=12), max_size=6), st.lists(st.text(max_size=12), max_size=6))
def test_values_cannot_be_shifted_between_each_other(one, other):
	assert (sign(SECRET, *one) == sign(SECRET, *other)) == (one == other)


def test_a_token_goes_into_an_address_as_it_is():
	assert len(TOKEN) == 54
	assert set(TOKEN) <= set(ALPHABET)
	assert key_of(TOKEN) == LINK.key


def _mutated(token: str, chance: random.Random) -> str:
	characters = list(token)
	for _ in range(chance.choice((1, 1, 1, 2, 3, 10))):
		at = chance.randrange(len(characters))
		way = chance.choice(("change", "change", "swap", "drop", "add", "case", "foreign"))
		if way == "change":
			characters[at] = chance.choice(ALPHABET)
		elif way == "swap":
			other = chance.randrange(len(characters))
			characters[at], characters[other] = characters[other], characters[at]
		elif way == "drop" and len(characters) > 1:
			del characters[at]
		elif way == "add":
			characters.insert(at, chance.choice(ALPHABET))
		elif way == "case":
			characters[at] = characters[at].swapcase()
		else:
			characters[at] = chance.choice("%/. \x00é＝\ud800")
	return "".join(characters)
