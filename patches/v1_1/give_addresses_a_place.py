"""Addresses have latitude and longitude, for travel and the planning of visits."""

from aftersales.setup import custom_fields


def execute() -> None:
	custom_fields.create()
