"""Contracts, cash handovers, damage, delay and warranty claims get the fields of the site's accounting dimensions."""

from aftersales.setup import dimensions


def execute() -> None:
	dimensions.add_to_jobs()
