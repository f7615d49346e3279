"""Sites from before warranty was claimed from makers: fields on Purchase Invoice, rights to read it and suppliers."""

from aftersales.setup import custom_fields, permissions


def execute() -> None:
	custom_fields.create()
	permissions.grant(["Purchase Invoice", "Supplier"])
