"""A closed call in the terms of the Open Repair Data Standard v0.3, https://standard.openrepair.org/.

The columns are the standard's, in its order. What it asks for and a call does not tell stays empty.
"""

import re
from collections.abc import Iterable

COLUMNS = (
	"id",
	"data_provider",
	"country",
	"partner_product_category",
	"product_category",
	"product_category_id",
	"brand",
	"year_of_manufacture",
	"product_age",
	"repair_status",
	"repair_barrier_if_end_of_life",
	"group_identifier",
	"event_date",
	"problem",
)
FIXED, REPAIRABLE, END_OF_LIFE, UNKNOWN = "Fixed", "Repairable", "End of life", "Unknown"

# The standard's list of October 2021, with its numbers.
CATEGORIES = {
	"Aircon / dehumidifier": 1,
	"Battery / charger / adapter": 2,
	"Decorative or safety lights": 3,
	"Desktop computer": 4,
	"Digital compact camera": 5,
	"DSLR / video camera": 6,
	"Fan": 7,
	"Flat screen": 8,
	"Hair & beauty item": 9,
	"Handheld entertainment device": 10,
	"Headphones": 11,
	"Hi-Fi integrated": 12,
	"Hi-Fi separates": 13,
	"Kettle": 14,
	"Lamp": 15,
	"Laptop": 16,
	"Large home electrical": 17,
	"Misc": 18,
	"Mobile": 19,
	"Musical instrument": 20,
	"Paper shredder": 21,
	"PC accessory": 22,
	"Portable radio": 23,
	"Power tool": 24,
	"Printer / scanner": 25,
	"Projector": 26,
	"Sewing machine": 27,
	"Small home electrical": 28,
	"Small kitchen item": 29,
	"Tablet": 30,
	"Toaster": 31,
	"Toy": 32,
	"TV and gaming-related accessories": 33,
	"Vacuum": 34,
	"Watch / clock": 35,
	"Coffee maker": 36,
	"Food processor": 37,
	"Games console": 38,
	"Hair dryer": 39,
	"Iron": 40,
}
_CATEGORY_OF = {re.sub(r"\W+", "", name).lower(): name for name in CATEGORIES}
MISC = "Misc"

_OF_CARD = {"Returned": FIXED, "Not Repairable": END_OF_LIFE, "Declined": REPAIRABLE}
_OF_VISIT = {"Completed": FIXED, "No Fault Found": FIXED, "Not Repairable": END_OF_LIFE}
_EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>,;.]+")
_PHONE = re.compile(r"\+?\d[\d\s()/.\-]{5,}\d")


def category_of(item_group: str | None) -> str:
	"""The standard's category of the same name as the item group, however it is written; Misc without one."""
	return _CATEGORY_OF.get(re.sub(r"\W+", "", item_group or "").lower(), MISC)


def status_of(register_outcome: str | None, cards: Iterable[str], visits: Iterable[str]) -> str:
	"""How the repair ended: as the imported register says, else by the last card, the last visit, the call itself.

	Args:
		register_outcome: of an imported call.
		cards: statuses of the call's submitted repair cards, the latest last.
		visits: outcomes of its submitted visits, the latest last.

	A closed call without a card or a visit was solved on the telephone: the product can be used again.
	"""
	if register_outcome:
		return register_outcome
	cards, visits = list(cards), list(visits)
	if cards:
		return _OF_CARD.get(cards[-1], UNKNOWN)
	if visits:
		return _OF_VISIT.get(visits[-1], UNKNOWN)
	return FIXED


def age_of(year_of_manufacture: int | None, year: int) -> int | None:
	"""Years from manufacture to the repair; None when the year of manufacture is not known."""
	return year - year_of_manufacture if year_of_manufacture and year_of_manufacture <= year else None


def without_personal_data(text: str) -> str:
	"""The problem without e-mail addresses and telephone numbers, as the standard asks."""
	return _PHONE.sub("…", _EMAIL.sub("…", text))
