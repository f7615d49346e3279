"""A Non Conformance says since when products have the change, so that its effect can be measured."""

from aftersales.setup import custom_fields


def execute():
	custom_fields.create()
