"""What a scanned code says: the address on one of our tags, or a name or number as it stands. Pure."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from aftersales.core.job_types import CARD, VISIT

SCANNED = (CARD, "Collection Receipt", "Customer Equipment", VISIT, "Repair Call")
"""Documents that carry a number people scan or type, in the order in which a plain number is tried."""

FORMS = {doctype.lower().replace(" ", "-"): doctype for doctype in SCANNED}
DESKS = ("app", "desk")
LONGEST = 500


@dataclass(frozen=True)
class Code:
	"""A name, and the DocType where the code says it."""

	name: str
	doctype: str | None = None


def read(text: str | None) -> Code | None:
	"""What `text` stands for; None when it is empty, or an address that leads to nothing of ours.

	>>> read("https://erp.example/scan/RP-2026-00001")
	Code(name='RP-2026-00001', doctype=None)
	>>> read("https://erp.example/app/repair-card/RP-2026-00001")
	Code(name='RP-2026-00001', doctype='Repair Card')
	>>> read(" CW-2018-5531 ")
	Code(name='CW-2018-5531', doctype=None)
	"""
	text = (text or "").strip()[:LONGEST]
	if not text:
		return None
	if not text.lower().startswith(("http://", "https://")):
		return Code(text)
	try:
		path = urlsplit(text).path
	except ValueError:
		return None
	parts = [unquote(part) for part in path.split("/") if part]
	# A name may have slashes; a scanner may have decoded them
	if len(parts) > 1 and parts[0] == "scan":
		return Code("/".join(parts[1:]))
	if len(parts) > 2 and parts[0] in DESKS and parts[1] in FORMS:
		return Code("/".join(parts[2:]), FORMS[parts[1]])
	return None
