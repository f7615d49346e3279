"""Setting a site up for the app: each step can be repeated and has its own file in setup/."""

from frappe.utils import get_first_day, getdate

from aftersales.core import signing
from aftersales.installed_base import search_keys
from aftersales.service_desk.staff_months import staff_months
from aftersales.setup import custom_fields, defaults, dimensions, names_taken, permissions, roles


def before_install() -> None:
	names_taken.validate_nothing_is_taken()
	roles.note_new_roles()


def after_install() -> None:
	custom_fields.create()
	dimensions.add_to_jobs()
	defaults.insert_missing()
	search_keys.rebuild()
	signing.remember_key()
	staff_months.note_written(getdate(get_first_day(getdate(), d_months=-1)))


def after_sync() -> None:
	"""Roles and other fixtures exist from here on."""
	roles.restore_site_settings()
	roles.give_to_administrators()
	permissions.grant()
