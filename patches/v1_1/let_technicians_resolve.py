"""The shipped workflow of Repair Call lets a Service Technician resolve a call: for sites from before.

Only where nobody has edited the workflow (see complete_workflow_roles, which knows what came with the app before).
"""

from aftersales.patches.v1_1 import complete_workflow_roles


def execute() -> None:
	complete_workflow_roles.complete("Repair Call")
