"""How the database reads inside a transaction: locking reads see what others have committed.

What happens once only is guarded by a locking read: who comes second waits, then reads what the first one
stored. MariaDB answers so since ever, but with `innodb_snapshot_isolation` it raises error 1020 (Record has changed
since last read) instead. That is on by default from 11.6.2, and can be switched on in the newer releases of the series
before. It is switched off for the app's requests and jobs, whoever owns the server.
"""

import json
import re

import frappe
from frappe import _

FIRST_WITH_SNAPSHOT_ISOLATION = {
	(10, 6): 18,
	(10, 11): 8,
	(11, 0): 6,
	(11, 1): 5,
	(11, 2): 4,
	(11, 4): 2,
	(11, 5): 2,
}
"""Of a series of MariaDB the first release that has the variable; later series have it from the beginning."""


def read_what_is_committed(**_: object) -> None:
	"""before_request, before_job: switch snapshot isolation off on this connection, where the server has it.

	The version comes with the connection: servers that do not know it are asked nothing.
	"""
	if frappe.conf.db_type not in (None, "mariadb"):
		return
	if not frappe.db._conn:
		frappe.db.connect()
	if has_snapshot_isolation(str(frappe.db._conn.get_server_info())):
		# a setting of the session has no query builder
		frappe.db.sql("SET SESSION innodb_snapshot_isolation = 0")  # nosemgrep


def has_snapshot_isolation(server_version: str) -> bool:
	"""Whether a server of this version knows the variable.

	>>> has_snapshot_isolation("11.8.9-MariaDB-2 from Debian")
	True
	>>> has_snapshot_isolation("5.5.5-10.11.19-MariaDB-0+deb12u1")
	True
	>>> has_snapshot_isolation("10.6.17-MariaDB")
	False
	>>> has_snapshot_isolation("8.0.36")
	False
	"""
	found = re.search(r"(\d+)\.(\d+)\.(\d+)-MariaDB", server_version)
	if not found:
		return False
	major, minor, release = (int(part) for part in found.groups())
	first = FIRST_WITH_SNAPSHOT_ISOLATION.get((major, minor))
	return release >= first if first is not None else (major, minor) > max(FIRST_WITH_SNAPSHOT_ISOLATION)


def tell_of_collision(response, request=None) -> None:
	"""after_request: say in words that two people changed a record at once, instead of a server error.

	`response` is changed where it is the JSON answer to a deadlock, or to error 1020; everything was rolled
	back by then. The status becomes that of Frappe's refusals, whose message the desk shows.
	"""
	if response.status_code != 500 or response.mimetype != "application/json":
		return
	answer = json.loads(response.get_data())
	if answer.get("exc_type") != frappe.QueryDeadlockError.__name__:
		return
	message = {
		"message": _(
			"Another user changed the same record at this moment, so nothing was saved. Try again; reload"
			" the document if it was changed."
		),
		"title": _("Try Again"),
		"indicator": "orange",
	}
	answer.pop("exc", None)
	answer["_server_messages"] = json.dumps([json.dumps(message)])
	response.set_data(json.dumps(answer))
	response.status_code = frappe.ValidationError.http_status_code
