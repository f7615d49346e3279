"""Sites from before parts were set aside and requested: fields on Bin and Material Request, rights to read it."""

from aftersales.setup import custom_fields, permissions


def execute() -> None:
	custom_fields.create()
	permissions.grant(["Material Request"])
