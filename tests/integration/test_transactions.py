"""Locking reads see what others have committed, whatever MariaDB has as its default."""

import json
from unittest import mock

import frappe
import pytest
from werkzeug.wrappers import Response

from aftersales.core.transactions import has_snapshot_isolation, read_what_is_committed, tell_of_collision

HOOK = "aftersales.core.transactions.read_what_is_committed"


@pytest.mark.parametrize("event", ["before_request", "before_job"])
def test_each_request_and_job_begins_with_it(event):
	assert HOOK in frappe.get_hooks(event)


def test_snapshot_isolation_is_off_where_the_server_has_it():
	if not has_snapshot_isolation(str(frappe.db._conn.get_server_info())):
		with mock.patch.object(frappe.db, "sql") as sql:
			read_what_is_committed()
		sql.assert_not_called()  # an older server is asked nothing
		return
	frappe.db.sql("SET SESSION innodb_snapshot_isolation = 1")

	read_what_is_committed(method="some.job", kwargs={}, transaction_type="job")

	assert frappe.db.sql("SELECT @@SESSION.innodb_snapshot_isolation") == ((0,),)


@pytest.mark.parametrize(
	("version", "has"),
	[
		("11.8.9-MariaDB-2 from Debian", True),
		("5.5.5-11.6.2-MariaDB", True),
		("11.4.5-MariaDB-ubu2404", True),
		("11.4.1-MariaDB", False),
		("11.3.2-MariaDB", False),
		("5.5.5-10.11.19-MariaDB-0+deb12u1", True),
		("10.11.7-MariaDB", False),
		("10.6.18-MariaDB", True),
		("10.5.28-MariaDB", False),
		("8.0.36", False),
	],
)
def test_server_says_by_its_version_whether_it_has_it(version, has):
	assert has_snapshot_isolation(version) is has


@pytest.mark.parametrize(("exc_type", "status"), [("QueryDeadlockError", 417), ("KeyError", 500)])
def test_two_at_once_are_told_in_words(exc_type, status):
	answer = json.dumps({"exc_type": exc_type, "exc": "Traceback"})
	response = Response(answer, status=500, mimetype="application/json")

	tell_of_collision(response=response, request=None)

	assert response.status_code == status
	told = json.loads(response.get_data())
	if status == 500:
		assert told == json.loads(answer)
	else:
		(message,) = json.loads(told["_server_messages"])
		assert "nothing was saved" in json.loads(message)["message"] and "exc" not in told
