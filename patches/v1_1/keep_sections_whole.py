"""Sections of ours stood in the middle of sections of ERPNext's forms: they come behind them."""

from aftersales.setup import custom_fields


def execute() -> None:
	custom_fields.create()
