"""Fault Pareto, and equal faults of a model that become a Non Conformance whose answer comes back (R-FU-4)."""

import frappe
import pytest
from frappe.utils import add_days, now_datetime, nowdate

from aftersales.service_quality import faults
from aftersales.service_quality.report.fault_pareto.fault_pareto import execute
from tests import attacks
from tests import factories as make

SEAL, FAN = "QT-SEAL", "QT-FAN"


def today():
	return {"from_date": nowdate(), "to_date": nowdate()}


@pytest.fixture(scope="module", autouse=True)
def watch(shared_site):
	"""Three equal faults in ten days are a pattern."""
	make.once("Quality Procedure", "Fault Analysis", quality_procedure_name="Fault Analysis")
	make.settings(
		default_company=make.COMPANY,
		quality_procedure="Fault Analysis",
		recurring_faults=3,
		recurring_fault_days=10,
	)
	for code in (SEAL, FAN):
		title = {SEAL: "Seal worn", FAN: "Fan blocked"}[code]
		make.once("Fault Code", code, code=code, kind="Fault", title=title)
	make.customer("Nora Byrne")


def faulty(code=SEAL, model="QT 600", **values):
	return make.call("Nora Byrne", brand="Quench", model=model, fault_code=code, **values)


def conformance_of(call):
	return frappe.db.get_value("Repair Call", call.name, "non_conformance")


def test_three_equal_faults_raise_one_non_conformance():
	calls = [faulty() for _ in range(3)]
	others = [faulty(FAN), faulty(FAN), faulty(model="QT 800")]
	(name,) = faults.raise_recurring()
	doc = frappe.get_doc("Non Conformance", name)
	assert (doc.subject, doc.status, doc.procedure) == ("Quench QT 600: Seal worn", "Open", "Fault Analysis")
	assert all(call.name in doc.details for call in calls)
	assert {conformance_of(call) for call in calls} == {name}
	assert {conformance_of(call) for call in others} == {None}
	# the next night has nothing new to say
	assert faults.raise_recurring() == []


def test_a_later_call_joins_while_the_cause_is_looked_for():
	for _ in range(3):
		faulty()
	(name,) = faults.raise_recurring()
	later = faulty(code=None)
	assert later.non_conformance is None
	later.fault_code = SEAL
	later.save()
	assert later.non_conformance == name
	later.fault_code = FAN
	later.save()
	assert later.non_conformance is None


def test_a_call_joins_whichever_part_of_its_fault_is_said_last():
	for _ in range(3):
		faulty()
	(name,) = faults.raise_recurring()
	model_last = faulty(model=None)
	assert model_last.non_conformance is None
	model_last.model = "QT 600"
	model_last.save()
	assert model_last.non_conformance == name
	model_last.brand = "Squelch"
	model_last.save()
	assert model_last.non_conformance is None


def test_a_fault_is_watched_under_its_new_name_too():
	for _ in range(3):
		faulty()
	(name,) = faults.raise_recurring()
	frappe.rename_doc("Fault Code", SEAL, "QT-SEAL-2", force=True)
	assert faulty(code="QT-SEAL-2").non_conformance == name
	for _ in range(3):
		faulty(code="QT-SEAL-2")
	assert faults.raise_recurring() == []


def test_two_faults_that_become_one_keep_one_search_for_the_cause():
	for code in (SEAL, FAN):
		for _ in range(3):
			faulty(code)
	first, second = sorted(faults.raise_recurring())
	frappe.rename_doc("Fault Code", SEAL, FAN, merge=True, force=True)
	keys = frappe.get_all(
		"Non Conformance",
		filters={"name": ("in", (first, second))},
		fields=["aftersales_fault_code", "aftersales_fault_key"],
	)
	assert [row.aftersales_fault_code for row in keys] == [FAN, FAN]
	assert sorted(bool(row.aftersales_fault_key) for row in keys) == [False, True]
	later = faulty(FAN)
	assert later.non_conformance in (first, second)


def test_the_answer_reaches_the_open_calls_and_their_owners():
	owner = make.user("agent@quality.example", "Service Agent")
	calls = [faulty(call_owner=owner) for _ in range(3)]
	(name,) = faults.raise_recurring()
	over = frappe.get_doc("Repair Call", calls[0].name)
	over.resolve("New seal")
	over.close()
	doc = frappe.get_doc("Non Conformance", name)
	doc.update({"status": "Resolved", "corrective_action": "<p>Fit seal <b>type B</b></p>"})
	doc.save()

	def told(call):
		return frappe.get_all(
			"Comment",
			filters={"reference_name": call.name, "content": ("like", "%Fit seal type B%")},
			pluck="content",
		)

	assert [len(told(call)) for call in calls] == [0, 1, 1]
	notices = frappe.get_all(
		"Notification Log",
		filters={"for_user": owner, "subject": ("like", f"%{name}%")},
		pluck="document_name",
	)
	assert sorted(notices) == sorted(call.name for call in calls[1:])
	# saved once more without a change: nobody is told again
	doc.reload()
	doc.save()
	assert len(told(calls[1])) == 1


def test_after_the_answer_new_faults_count_anew():
	for _ in range(3):
		faulty()
	(name,) = faults.raise_recurring()
	frappe.get_doc("Non Conformance", name).update({"status": "Resolved"}).save()
	for _ in range(2):
		assert faulty().non_conformance is None
	assert faults.raise_recurring() == []
	faulty()
	(second,) = faults.raise_recurring()
	assert second != name


def test_what_is_old_cancelled_or_not_known_does_not_count():
	for _ in range(2):
		faulty()
	old = faulty()
	frappe.db.set_value("Repair Call", old.name, "received_at", add_days(now_datetime(), -12))
	faulty().cancel_call("Entered twice")
	faulty(model=None)
	assert faults.raise_recurring() == []


@pytest.mark.parametrize("off", [{"quality_procedure": None}, {"recurring_faults": 0}])
def test_the_watch_can_be_switched_off(off):
	for _ in range(3):
		faulty()
	make.settings(**off)
	assert faults.raise_recurring() == []


def test_a_supervisor_raises_one_by_hand():
	call = faulty()
	twin = faulty()
	frappe.set_user(make.user("supervisor@quality.example", "Service Supervisor"))
	name = faults.raise_for_call(call.name)
	assert name == conformance_of(call) == conformance_of(twin)
	assert faults.raise_for_call(call.name) == name
	assert frappe.db.count("Non Conformance", {"aftersales_model": "QT 600"}) == 1


def test_who_may_not_and_what_is_missing():
	call = faulty()
	bare = faulty(code=None)
	with pytest.raises(frappe.ValidationError, match="Fault"):
		faults.raise_for_call(bare.name)
	make.settings(quality_procedure=None)
	with pytest.raises(frappe.ValidationError, match="Quality Procedure"):
		faults.raise_for_call(call.name)
	frappe.set_user(make.user("agent@quality.example", "Service Agent"))
	with pytest.raises(frappe.PermissionError, match="Raising a Non Conformance"):
		faults.raise_for_call(call.name)


def test_a_second_one_for_the_same_fault_is_refused_by_the_database():
	for _ in range(3):
		faulty()
	(name,) = faults.raise_recurring()
	twin = frappe.copy_doc(frappe.get_doc("Non Conformance", name))
	twin.update({"aftersales_fault_code": SEAL, "aftersales_brand": "Quench", "aftersales_model": "QT 600"})
	with pytest.raises(frappe.UniqueValidationError):
		twin.insert()


def test_nobody_writes_the_link_by_hand():
	call = faulty()
	other = frappe.get_doc(
		doctype="Non Conformance", subject="Something else", procedure="Fault Analysis", status="Open"
	).insert()
	attacks.refused(frappe.PermissionError, call, non_conformance=other.name)


def test_pareto_by_code_model_and_both():
	for _ in range(3):
		faulty()
	faulty(model="QT 800", hazard="Water Leak")
	for _ in range(2):
		faulty(FAN)
	faulty(code=None)
	faulty().cancel_call("Entered twice")

	def report(**filters):
		data = execute({**today(), "brand": "Quench", **filters})
		return data[1], {row["label"]: row["value"] for row in data[4]}

	rows, summary = report()
	assert [(r.code, r.title, r.cases, r.share, r.cumulative, r.models, r.hazards) for r in rows] == [
		(SEAL, "Seal worn", 4, 66.7, 66.7, 2, 1),
		(FAN, "Fan blocked", 2, 33.3, 100.0, 1, 0),
	]
	assert summary == {"Calls": 7, "Calls with This Code": 6, "Codes Making 80 %": 2}
	assert [(r.product, r.cases) for r in report(group_by="Model")[0]] == [
		("Quench QT 600", 5),
		("Quench QT 800", 1),
	]
	assert [(r.product, r.code, r.cases) for r in report(group_by="Code and Model")[0]] == [
		("Quench QT 600", SEAL, 3),
		("Quench QT 600", FAN, 2),
		("Quench QT 800", SEAL, 1),
	]
	assert report(kind="Cause")[0] == []


def test_pareto_knows_a_model_however_it_is_written():
	for code, model in ((SEAL, "QT 600"), (FAN, "qt 600"), (FAN, "QT  600 ")):
		call = faulty(code)
		frappe.db.set_value("Repair Call", call.name, "model", model)
	faulty(FAN, model=None)
	rows = execute({**today(), "brand": "Quench", "group_by": "Model"})[1]
	assert [(row.product.upper(), row.cases) for row in rows] == [("QUENCH QT 600", 3), ("QUENCH", 1)]
	by_code = {row.code: row for row in execute({**today(), "brand": "Quench"})[1]}
	assert by_code[FAN].cases == 3


@pytest.mark.parametrize(
	"filters, told",
	[
		({"from_date": None}, "From"),
		({"to_date": "2000-01-01"}, "must be after"),
		({"kind": "Colour"}, "Kind is one of"),
		({"group_by": "owner"}, "Group by one of"),
	],
)
def test_what_the_report_refuses(filters, told):
	with pytest.raises(frappe.ValidationError, match=told):
		execute({**today(), **filters})
