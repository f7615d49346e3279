"""Absolute addresses of this site, for what leaves it: links in messages, codes on labels.

Frappe builds an absolute address from the request's Host header where the site's configuration names no
`host_name`. Whoever sends a request chooses that header, so that a customer could be sent a good key under
somebody else's address. Addresses that leave the site are therefore built from what the site is known by.
"""

from urllib.parse import urlsplit

import frappe
from frappe.utils import get_url, get_url_to_form


def absolute(path: str) -> str:
	"""The address of `path` (begins with a slash) under a name of this site, whatever Host was asked for."""
	if is_configured() or _is_known(asked_host()):
		return get_url(path)
	return get_url(path, allow_header_override=False)


def desk(path: str) -> str:
	"""The path on this site of a page of the desk; of `path` the parts are quoted already.

	/app on version 15, /desk on 16. Version 16 leads from the one to the other, but loses what is quoted on the way.
	"""
	root = urlsplit(get_url_to_form("User", "Guest")).path.split("/")[1]
	return f"/{root}/{path}"


def pin() -> None:
	"""For the rest of this request, also Frappe's own addresses do not follow a Host that is not this site's.

	For pages that answer guests: what a guest sends may lead to mails of the desk (an assignment, an alarm).
	"""
	if not is_configured() and not _is_known(asked_host()):
		frappe.local.conf = frappe._dict(frappe.local.conf, host_name=absolute(""))


def is_configured() -> bool:
	"""True when the site's configuration names the address it is reached by."""
	return bool(frappe.local.conf.host_name or frappe.local.conf.hostname)


def asked_host() -> str | None:
	"""The host name that the current request asks for, without its port; None outside a request."""
	request = getattr(frappe.local, "request", None)
	return urlsplit(f"//{request.host}").hostname if request and request.host else None


def _is_known(host: str | None) -> bool:
	return host is None or host in known_hosts()


def known_hosts() -> set[str]:
	"""The host names (lower case) of this site: its own name, and the domains that bench was told of."""
	names = {frappe.local.site}
	for domain in frappe.local.conf.domains or ():
		names.add(domain.get("domain") if isinstance(domain, dict) else domain)
	return {urlsplit(f"//{name}").hostname for name in names if isinstance(name, str) and name}
