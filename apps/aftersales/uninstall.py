"""Taking the app off a site: nothing of ours remains, nothing of ERPNext's or the site's is touched."""

from aftersales.setup import custom_fields, defaults, permissions, record, roles, traces


def before_uninstall() -> None:
	"""While our DocTypes still stand: undo what was added to other DocTypes."""
	custom_fields.remove()
	traces.remove()
	permissions.revoke()


def after_uninstall() -> None:
	"""Our DocTypes are gone: now their references to roles and shipped records are too."""
	defaults.remove_unused()
	roles.remove()
	record.forget_all()
