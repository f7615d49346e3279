"""Taking the app off a site: nothing of ours remains, nothing of ERPNext's or the site's is touched."""

import click

from aftersales.setup import custom_fields, defaults, permissions, record, roles, traces


def before_uninstall() -> None:
	"""Undo what was added to other DocTypes; Frappe then deletes our modules with their DocTypes.

	All of it happens before: what an after_uninstall hook does is not committed by the bench command.
	"""
	if _is_dry_run():
		return
	custom_fields.remove()
	traces.remove()
	permissions.revoke()
	defaults.remove_unused()
	roles.remove()
	record.forget_all()


def _is_dry_run() -> bool:
	# bench calls the hooks of an app in a dry run too, and does not tell them
	context = click.get_current_context(silent=True)
	return bool(context and context.params.get("dry_run"))
