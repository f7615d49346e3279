"""Texts that pure modules hand out: English, marked here for the template of all messages, translated where shown."""


def N_(text: str) -> str:
	"""Marks `text` for `locale/main.pot`, as gettext's tools know it, and gives it back."""
	return text
