"""Service roles may read Workflow: version 16 asks for a setting of it before each action of a workflow."""

from aftersales.setup import permissions


def execute() -> None:
	permissions.grant(["Workflow"])
