"""English texts that are translated where they are shown: what pure modules hand out, labels of custom fields."""


def N_(text: str) -> str:
	"""Marks `text` for `locale/main.pot`, as gettext's tools know it, and gives it back."""
	return text
