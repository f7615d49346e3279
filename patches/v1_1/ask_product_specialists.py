"""Questions to designers and makers: their clock and what their role reads, for sites from before."""

from aftersales.setup import defaults, permissions


def execute() -> None:
	defaults.insert_missing(["Service Target"], names=["Answer a Technical Consultation"])
	permissions.grant(["Item", "Item Group", "Brand", "Non Conformance"])
