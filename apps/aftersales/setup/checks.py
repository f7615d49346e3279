"""What an administrator should look after before the site is used: shown on Aftersales Settings.

A check is a function without arguments that returns a :class:`Finding` (or a dict of its fields, from rooms that
do not know this module), or None where it does not apply to the site. It reads only, and is named in the hook `aftersales_setup_checks`, so that other apps can add theirs.
"""

from dataclasses import asdict, dataclass

import frappe
from frappe import _

from aftersales.core import site_address
from aftersales.core.controllers import replaced_by_others
from aftersales.core.guards import require_role
from aftersales.core.input.requests import validate_call

GOOD, WARNING, WRONG = "Good", "Warning", "Wrong"
CHECKING_ROLES = ("Service Manager", "System Manager")


@dataclass(frozen=True)
class Finding:
	"""The answer of a check. `state` is GOOD, WARNING or WRONG; `what_to_do` is empty when it is good."""

	title: str
	state: str
	what_to_do: str = ""


@frappe.whitelist()
@validate_call
def run() -> list[dict]:
	"""Every check with its finding (title, state, what_to_do), what is wrong first.

	A check that fails is itself a finding: the others are still answered.

	Raises:
		frappe.PermissionError: the user is neither Service Manager nor System Manager.
	"""
	require_role(CHECKING_ROLES, _("Checking the set-up"))
	findings = [found for path in frappe.get_hooks("aftersales_setup_checks") if (found := _answer(path))]
	order = {WRONG: 0, WARNING: 1, GOOD: 2}
	return [asdict(finding) for finding in sorted(findings, key=lambda finding: order[finding.state])]


def host_name() -> Finding:
	"""Links in messages and codes on labels need an address that does not depend on who asks."""
	title = _("Address of the site")
	if site_address.is_configured():
		return Finding(title, GOOD)
	return Finding(
		title,
		WRONG,
		_(
			"Set host_name in the site's configuration to the address that customers use, for example: {0}. "
			"Until then links in messages and codes on labels lead to {1}."
		).format(
			"bench --site {0} set-config host_name https://service.example.com".format(frappe.local.site),
			site_address.absolute(""),
		),
	)


def classes() -> Finding:
	"""Mails are read, and signed links reach customers, only where Frappe takes our classes."""
	title = _("Beside other apps")
	replaced = replaced_by_others()
	if not replaced:
		return Finding(title, GOOD)
	return Finding(
		title,
		WRONG,
		_(
			"Another app replaces {0}: answers by mail are not understood, and links in messages to customers do not work. "
			"Open Installed Applications, choose Update Hooks Resolution Order, and move aftersales to the end."
		).format(", ".join(_(doctype) for doctype in replaced)),
	)


def _answer(path: str) -> Finding | None:
	try:
		return frappe.get_attr(path)()
	except Exception:
		frappe.log_error(f"Set-up check {path}")
		return Finding(path, WARNING, _("This check could not be done. See the Error Log."))
