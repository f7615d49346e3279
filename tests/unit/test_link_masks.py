"""Links in stored messages: hidden for readers, sealed for the queue, live again only in the mail itself."""

import quopri

from hypothesis import given
from hypothesis import strategies as st

from aftersales.customer_portal import link_masks as masks

CHARACTERS = st.sampled_from("ABCXYZabcxyz0189_-")
keys = st.text(CHARACTERS, min_size=22, max_size=22)
signatures = st.text(CHARACTERS, min_size=32, max_size=32)
words = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=200)


def link(key: str, signature: str) -> str:
	return f"https://service.example/aftersales/link/{key}{signature}"


@given(words, keys, signatures)
def test_a_reader_finds_no_link(before, key, signature):
	text = f'{before} <a href="{link(key, signature)}">See</a>'
	hidden = masks.hide(text)
	assert key + signature not in hidden
	assert hidden.endswith('https://service.example/aftersales/link/hidden">See</a>')


@given(words, keys, signatures)
def test_a_sealed_mail_is_the_mail_again_when_it_is_sent(before, key, signature):
	html = f'<p>{before}</p><a href="{link(key, signature)}">See</a>'
	mail = quopri.encodestring(html.encode()).decode()
	sealed, known = masks.seal(mail)
	assert known == {key}
	assert key + signature not in quopri.decodestring(sealed).decode()
	sent = masks.unseal(sealed, {key: key + signature}.get)
	assert quopri.decodestring(sent).decode() == quopri.decodestring(mail).decode()


@given(keys)
def test_a_seal_that_somebody_typed_never_opens(key):
	"""Who has read a seal somewhere cannot have it opened by a mail of his own."""
	sealed, known = masks.seal(f"/aftersales/link/{key}{masks.SEAL}")
	assert known == set()
	assert masks.unseal(sealed, lambda key: key + "s" * 32) == "/aftersales/link/hidden"


@given(keys)
def test_a_seal_of_the_same_request_stays(key):
	text = f"/aftersales/link/{key}{masks.SEAL}"
	assert masks.seal(text, {key}) == (text, {key})


def test_a_link_that_is_gone_leaves_a_dead_one():
	sealed = f"/aftersales/link/{'k' * 22}{masks.SEAL}"
	assert masks.unseal(sealed, lambda key: None) == "/aftersales/link/hidden"


def test_what_is_no_link_stays_as_it_is():
	for text in ("/aftersales/link/short", f"/aftersales/link/{'a' * 55}", "aftersales/products", ""):
		assert masks.hide(text) == text
		assert masks.seal(text) == (text, set())
