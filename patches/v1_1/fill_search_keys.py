"""The phone desk finds customers and products by keys of their own: write those of the ones already there."""

from aftersales.installed_base import search_keys


def execute():
	search_keys.rebuild()
