"""A set-up check says when links and labels were signed with another key: note the one of today."""

from aftersales.core import signing


def execute() -> None:
	signing.remember_key()
