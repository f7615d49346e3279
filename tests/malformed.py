"""Values that are none of their kind, and what counts as an answer to them."""

import frappe

TOO_LONG = "x" * 200_000
HUGE = 10**400
BAD_DATES = (
	"not-a-date",
	"2026-13-45",
	"0000-00-00",
	"9999-12-31",
	"0001-01-01",
	"2026-01-31T10:00:00Z",
	"13",
	17,
	float("nan"),
	["2026-01-31"],
	{"a": 1},
)
BAD_NUMBERS = (
	"abc",
	"NaN",
	"1e30",
	"0x10",
	float("nan"),
	float("inf"),
	float("-inf"),
	1e30,
	HUGE,
	["1"],
	{"a": 1},
)
BAD_TEXTS = (TOO_LONG, "\ud83d", ["x"], {"a": 1}, [["x"], {}])
BAD_TABLES = ("x", 5, {"a": 1}, ["x"], [["x"]], True)
ODD_TEXTS = (17, 1.5, True, "' or 1=1 -- ", "{{ 1 }}", "\x00", "-", "[", "{", '["a"]')
"""Texts that may well be stored, or refused for another reason: only a server error is wrong."""
EVERY_VALUE = (
	*BAD_DATES,
	*BAD_NUMBERS,
	*BAD_TEXTS,
	*BAD_TABLES,
	*ODD_TEXTS,
	"",
	None,
	0,
	-1,
	"Nonsense",
	"y" * 1_000,
	[["Repair Call"]],
	[[{}], 5],
	'{"subject": []}',
	'[["x", []]]',
	{"customer": ["x"], "received_at": "not-a-date", "subject": {}},
)
"""For arguments and filters, whatever they are for."""


def is_message(error: Exception) -> bool:
	"""The server answers `error` with a message of its own kind, not with an internal error."""
	return getattr(error, "http_status_code", 500) < 500


def outcome(call, /, *args, **kwargs) -> Exception | None:
	"""What `call` raised, with everything it did undone; None when it went through."""
	frappe.db.savepoint("malformed")
	frappe.clear_messages()
	try:
		call(*args, **kwargs)
	except Exception as error:
		return error
	finally:
		frappe.db.rollback(save_point="malformed")
		frappe.flags.currently_saving = []
	return None
