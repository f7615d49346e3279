"""Setting a site up for the app. Each step can be repeated and has its own file in setup/."""

from aftersales.setup import custom_fields


def after_install() -> None:
	custom_fields.create()
