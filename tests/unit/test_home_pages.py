"""Where each role's session of the desk begins."""

import json
from pathlib import Path

import pytest

import aftersales
from aftersales.setup.home_page_rules import HOMES, home_of

SHIPPED = json.loads((Path(aftersales.__file__).parent / "fixtures" / "role.json").read_text())
ROLES = [role["role_name"] for role in SHIPPED]


@pytest.mark.parametrize(
	("roles", "page"),
	[
		({"Service Agent"}, "phone-desk"),
		({"Service Supervisor", "Sales User"}, "dispatch-board"),
		({"Service Supervisor", "Workshop Technician"}, "workshop-board"),
		({"Workshop Technician"}, "workshop-board"),
		({"Service Technician"}, "/technician"),
		({"Service Accountant", "Accounts Manager"}, "billing-desk"),
		({"Service Manager", *ROLES}, "dashboard-view/After-sales Service"),
		({"Service Manager", "System Manager"}, None),
		({"Sales User"}, None),
	],
)
def test_a_user_lands_where_the_work_is(roles, page):
	assert home_of(set(roles)) == page


def test_every_role_has_a_home():
	assert {role for role, _page in HOMES} == set(ROLES)
