"""One e-mail address is one address, whatever else mail programs take for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.service_calls.contact_rules import is_one_address, same_address

LOCAL = st.text("abcXYZ019.+_-'", min_size=1, max_size=20)
DOMAIN = st.from_regex(r"[a-z]{1,10}(\.[a-z]{2,5}){1,2}", fullmatch=True)
JOINED = st.sampled_from([",", ";", " ", "\n", "\t", ", ", "\r\n", "\u00a0", "\u2028"])


@given(LOCAL, DOMAIN)
def test_an_address_is_one(local, domain):
	assert is_one_address(f"{local}@{domain}")


@given(LOCAL, DOMAIN, JOINED, LOCAL, DOMAIN)
def test_two_are_none(local, domain, joined, other, elsewhere):
	assert not is_one_address(f"{local}@{domain}{joined}{other}@{elsewhere}")


@given(st.text(max_size=60), LOCAL, DOMAIN)
def test_words_beside_an_address_are_none(words, local, domain):
	assert not is_one_address(f"{words} <{local}@{domain}>")


@pytest.mark.parametrize(
	"text", [None, "", "nora", "@byrne.example", "nora@", "a@b@c", "a@b.example,", '"a b"@c.example']
)
def test_what_is_no_address(text):
	assert not is_one_address(text)


def test_capitals_tell_no_addresses_apart():
	assert same_address("Nora@Byrne.example ", "nora@byrne.EXAMPLE")
	assert not same_address(None, None)
	assert not same_address("a@b.example", "b@b.example")
