"""What customers write: kept as they wrote it, and never markup."""

import re
from html.parser import HTMLParser

from hypothesis import example, given
from hypothesis import strategies as st

from aftersales.core.plain_text import LINE, plain_line, plain_text


class Tags(HTMLParser):
	def __init__(self):
		super().__init__()
		self.found = []

	def handle_starttag(self, tag, attrs):
		self.found.append(tag)

	handle_endtag = handle_comment = handle_decl = handle_pi = lambda self, what: self.found.append(what)


def test_what_is_no_markup_stays_as_it_is():
	assert plain_line("Temp < 20 °C, AT&T & co, 3 > 2") == "Temp < 20 °C, AT&T & co, 3 > 2"
	assert plain_line("  Kein   Warmwasser\n seit heute ") == "Kein Warmwasser seit heute"
	assert plain_line("Größe 🛠️ 水") == "Größe 🛠️ 水"
	assert plain_text("one\r\ntwo  \rthree") == "one\ntwo\nthree"


def test_markup_is_taken_for_text():
	assert plain_line("<script>alert(1)</script>") == "‹script>alert(1)‹/script>"
	assert plain_line("&lt;b&gt; &#60;") == "＆lt;b＆gt; ＆#60;"


def test_empty_is_nothing():
	assert plain_line(None) is None
	assert plain_line(" \u0000\n ") is None
	assert plain_text(None) == ""


@given(st.text())
@example("<svg/onload=alert(1)>")
@example("<\u0000script>")
@example("<!--><img src=x onerror=alert(1)>")
def test_no_reader_of_html_finds_a_tag(text):
	line = plain_line(text) or ""
	reader = Tags()
	reader.feed(line)
	reader.close()
	assert reader.found == []
	assert len(line) <= LINE
	assert not re.search(r"[\x00-\x1f\x7f]", line)
	assert plain_line(line) == (line or None)
