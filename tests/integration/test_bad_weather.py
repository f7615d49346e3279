"""What people, imports and administrators do that nobody expects: times to come, fields made mandatory since,
other companies' stock and customers, and one record among many that cannot be saved."""

import frappe
import pytest
from frappe.custom.doctype.property_setter.property_setter import make_property_setter
from frappe.desk import query_report
from frappe.utils import add_days, add_to_date, now_datetime, nowdate

from aftersales.service_contracts import contracts
from aftersales.service_quality import faults
from aftersales.spare_parts.parts import stock_by_warehouse
from tests import factories as make
from tests.attacks import refused

# ---------------------------------------------------------------- times to come


def a_year_ahead(**more):
	return add_to_date(now_datetime(), years=1, **more)


def test_nobody_arrives_or_leaves_in_the_future(shop):
	doc = make.voucher(make.call(shop.customer), shop.technician)
	refused(frappe.ValidationError, doc, departed_at=a_year_ahead())
	refused(frappe.ValidationError, doc, arrived_at=a_year_ahead(), departed_at=a_year_ahead(hours=1))


def test_clocks_may_differ_by_some_minutes(shop):
	doc = make.voucher(
		make.call(shop.customer), shop.technician, departed_at=add_to_date(now_datetime(), minutes=10)
	)
	doc.submit()
	assert doc.status == "Completed"


def test_hours_to_come_are_planned_but_not_billed(shop):
	"""The wrong month in To is a bill of 700 hours: it is not even stored."""
	month = {"from_time": now_datetime(), "to_time": add_to_date(now_datetime(), months=1)}
	with pytest.raises(frappe.ValidationError, match="Labour row 1: more than a day"):
		make.voucher(make.call(shop.customer), shop.technician, labour=[make.hours(**month)])
	to_come = {"from_time": now_datetime(), "to_time": add_to_date(now_datetime(), hours=3)}
	doc = make.voucher(make.call(shop.customer), shop.technician, labour=[make.hours(**to_come)])
	with pytest.raises(frappe.ValidationError, match="Labour row 1: the work ends in the future"):
		doc.submit()
	assert not frappe.db.exists("Sales Invoice", {"customer": shop.customer})


def test_goods_taken_in_or_lent_in_the_future_could_not_come_back(shop):
	call = make.call(shop.customer)
	receipt = make.receipt(call, received_at=a_year_ahead())
	with pytest.raises(frappe.ValidationError, match=r"Received at.* is in the future"):
		receipt.submit()
	make.receive(make.item("Loaner kettle"), 1, 20, f"Stores - {make.ABBR}")
	loaner = make.make(
		"Loaner Issue",
		repair_call=call.name,
		item_code="Loaner kettle",
		issued_at=a_year_ahead(),
		due_back=add_days(nowdate(), 400),
		from_warehouse=f"Stores - {make.ABBR}",
		to_warehouse=f"Goods In Transit - {make.ABBR}",
		condition="As new",
		customer_signature=make.SIGNATURE,
		signed_by="N. Byrne",
	)
	with pytest.raises(frappe.ValidationError, match=r"Issued at.* is in the future"):
		loaner.submit()


def test_work_that_begins_tomorrow_has_no_clock(shop):
	doc = make.received_card(make.call(shop.customer))
	doc.append("time_logs", {"technician": shop.technician, "from_time": add_days(now_datetime(), 1)})
	with pytest.raises(frappe.ValidationError, match="is in the future"):
		doc.save()


# ---------------------------------------------------------------- fields made mandatory since


def make_mandatory(doctype: str, fieldname: str) -> None:
	make_property_setter(doctype, fieldname, "reqd", 1, "Check", validate_fields_for_doctype=False)
	frappe.clear_cache(doctype=doctype)


def test_a_visit_reports_to_a_call_that_lacks_what_is_mandatory_now(shop):
	call = make.call(shop.customer)
	make_mandatory("Repair Call", "referral")
	doc = make.planned(call, shop.technician)
	doc.dispatch()
	doc.arrive()
	assert frappe.db.get_value("Repair Call", call.name, "status") == "In Progress"
	with pytest.raises(frappe.MandatoryError, match="referral"):
		frappe.get_doc("Repair Call", call.name).save()  # whoever opens it is asked


def test_a_product_is_taken_in_whatever_its_card_will_ask_for(shop):
	make_mandatory("Repair Card", "assigned_technician")
	doc = make.voucher(make.call(shop.customer), shop.technician, outcome="Taken to Workshop")
	doc.submit()
	receipt = frappe.get_doc("Collection Receipt", {"service_voucher": doc.name})
	receipt.update(
		{
			"condition": "Scratched",
			"customer_signature": make.SIGNATURE,
			"signed_by": "N. Byrne",
			"loaner": "Declined",
		}
	)
	receipt.submit()
	card = frappe.get_doc("Repair Card", {"repair_call": doc.repair_call})
	assert card.collection_receipt == receipt.name
	with pytest.raises(frappe.MandatoryError, match="assigned_technician"):
		card.start_diagnosis()


def test_a_call_is_closed_whatever_its_follow_up_will_ask_for(shop):
	make_mandatory("Follow-up", "comments")
	call = make.call(shop.customer)
	call.resolve("Valve replaced")
	call.close()
	assert frappe.db.get_value("Follow-up", {"repair_call": call.name}, "status") == "Planned"


def test_a_card_goes_back_to_work_when_its_parts_come(shop):
	from aftersales.repair_workshop.parts_supply import serve_waiting_cards

	store = f"Stores - {make.ABBR}"
	doc = make.received_card(
		make.call(shop.customer), parts=[make.part(shop.seal, 1, warehouse=store)], diagnosis="Seal worn"
	)
	doc.record_approval("Phone", "N. Byrne", 100)
	doc.await_parts()
	make_mandatory("Repair Card", "promised_return")
	make.receive(shop.seal, 1, 12.5, store)
	assert serve_waiting_cards() == [doc.name]


# ---------------------------------------------------------------- what is another company's


def test_a_card_sets_nothing_aside_in_another_company(shop):
	abroad = make.warehouse("Abroad", make.company())
	make.receive(shop.seal, 5, 10, abroad)
	doc = make.received_card(make.call(shop.customer))
	doc.append("parts", make.part(shop.seal, 2, warehouse=abroad))
	with pytest.raises(frappe.ValidationError, match=r"Abroad - CSL.* belongs to Corrib Service Ltd"):
		doc.set_parts_aside()
	assert not frappe.db.get_value("Bin", {"warehouse": abroad}, "aftersales_set_aside")


@pytest.fixture
def stranger(shop):
	"""A supervisor who may see the other company only, while the first one lends, stores and drives."""
	store = f"Stores - {make.ABBR}"
	make.receive(make.item("Loaner kettle"), 1, 20, store)
	make.make(
		"Loaner Issue",
		repair_call=make.call(shop.customer, contact_phone="+353 1 2345678").name,
		item_code="Loaner kettle",
		from_warehouse=store,
		to_warehouse=f"Goods In Transit - {make.ABBR}",
		condition="As new",
		customer_signature=make.SIGNATURE,
		signed_by="N. Byrne",
	).submit()
	make.make("Spare Part", item_code=shop.seal)
	van = frappe.get_doc("Service Technician", shop.technician)
	van.append("van_stock", {"item_code": shop.seal, "minimum": 30, "maximum": 40})
	van.save()
	user = make.user("corrib.only@example.com", "Service Supervisor")
	make.make("User Permission", user=user, allow="Company", for_value=make.company())
	return user


def asked(report: str, **filters) -> dict:
	return query_report.run(report, filters, ignore_prepared_report=True)


def test_who_sees_one_company_sees_neither_loaners_nor_vans_nor_stock_of_another(shop, stranger):
	assert len(asked("Loaners Out")["result"]) == 1
	assert asked("Van Replenishment")["result"]
	assert asked("Spare Part Stock", company=make.COMPANY)["result"]
	assert stock_by_warehouse(shop.seal)
	frappe.set_user(stranger)
	loaners = asked("Loaners Out")
	assert (loaners["result"], loaners["report_summary"][0]["value"]) == ([], 0)
	assert asked("Van Replenishment")["result"] == []
	assert stock_by_warehouse(shop.seal) == []
	with pytest.raises(frappe.PermissionError):
		asked("Spare Part Stock", company=make.COMPANY)
	with pytest.raises(frappe.MandatoryError, match="Company"):
		asked("Spare Part Stock")


# ---------------------------------------------------------------- one of many


def fails_for(doctype: str, event: str, condition: str, **values) -> None:
	"""A Notification of the site that cannot be evaluated for records of which `condition` is true."""
	make.make(
		"Notification",
		__newname=f"Careless {doctype}",
		subject="Look",
		message="Look",
		document_type=doctype,
		event=event,
		condition=f"({condition}) and doc.no_such_field.strip()",
		recipients=[{"receiver_by_role": "Service Manager"}],
		**values,
	)
	frappe.cache.delete_key("notifications")


def errors(doctype: str, name: str) -> int:
	return frappe.db.count("Error Log", {"reference_doctype": doctype, "reference_name": name})


def test_contracts_end_though_one_cannot_be_saved(shop):
	ended = {"start_date": add_days(nowdate(), -20), "end_date": add_days(nowdate(), -1)}
	first, second = (make.contract(make.customer(name)) for name in ("Nora Byrne", "Sean Doyle"))
	for doc in (first, second):
		frappe.db.set_value("Service Contract", doc.name, {**ended, "status": "Active"})
	fails_for("Service Contract", "Value Change", "doc.customer == 'Nora Byrne'", value_changed="status")
	before = errors("Service Contract", first.name)  # the table of errors knows no rollback
	contracts.roll_over()
	states = [frappe.db.get_value("Service Contract", doc.name, "status") for doc in (first, second)]
	assert states == ["Active", "Expired"]
	assert errors("Service Contract", first.name) == before + 1


def test_faults_are_raised_though_one_cannot_be_saved(shop):
	procedure = make.once("Quality Procedure", "QP 8D", quality_procedure_name="QP 8D")
	make.settings(quality_procedure=procedure, recurring_faults=2, recurring_fault_days=30)
	make.fault_code("BW-SEAL", "Fault")
	for model in ("BW 1", "BW 2"):
		for _number in range(2):
			make.call(shop.customer, brand="Vulkan", model=model, fault_code="BW-SEAL", repeat_of=None)
	fails_for("Non Conformance", "New", "doc.aftersales_model == 'BW 1'")
	before = errors("Fault Code", "BW-SEAL")
	faults.raise_recurring()
	raised = frappe.get_all(
		"Non Conformance", filters={"aftersales_fault_code": "BW-SEAL"}, pluck="aftersales_model"
	)
	assert raised == ["BW 2"]
	assert errors("Fault Code", "BW-SEAL") == before + 1


# ---------------------------------------------------------------- Duplicate in the menu of a form


def duplicate(doc):
	"""As the desk does: without the fields that are not copied."""
	return frappe.copy_doc(doc, ignore_no_copy=False)


def test_a_copied_call_promises_nothing(shop):
	call = make.call(shop.customer)
	call.schedule(add_days(now_datetime(), 1), add_days(now_datetime(), 2))
	call.resolve("Valve replaced")
	copy = duplicate(call).insert()
	assert (copy.status, copy.promised_from, copy.promised_to) == ("Open", None, None)
	assert copy.next_action != call.next_action


def test_a_copied_job_was_not_done_yet(shop):
	hours = {"from_time": add_to_date(now_datetime(), hours=-2), "to_time": now_datetime()}
	fitted = {"serial_no": "N-1", "old_serial_no": "O-1", "old_part_returned": 1}
	doc = make.voucher(
		make.call(shop.customer),
		shop.technician,
		labour=[make.hours(**hours)],
		parts=[make.part(shop.seal, **fitted)],
	)
	copy = duplicate(doc)
	assert (copy.findings, copy.outcome, copy.arrived_at) == (None, None, None)
	assert (copy.labour[0].from_time, copy.labour[0].to_time) == (None, None)
	assert [copy.parts[0].get(field) for field in fitted] == [None, None, None]
	assert copy.parts[0].item_code == shop.seal
	card = duplicate(make.received_card(make.call(shop.customer), diagnosis="Seal worn"))
	assert card.diagnosis is None


def test_a_copied_receipt_shows_no_other_products_photos(shop):
	doc = make.receipt(make.call(shop.customer), photo_1="/files/front.png")
	copy = duplicate(doc)
	assert (copy.photo_1, copy.received_by, copy.service_voucher) == (None, None, None)
	assert copy.condition == doc.condition


# ---------------------------------------------------------------- renamed while a form was open


@pytest.mark.parametrize(
	("doctype", "values"),
	[
		("Repair Call", {"subject": "No hot water"}),
		("Customer Equipment", {"brand": "Baxi"}),
		("Collection Receipt", {"condition": "Scratched"}),
		("Loaner Issue", {"condition": "As new", "item_code": "Gas Valve Seal"}),
		("Follow-up", {"kind": "Periodic Visit", "due_date": "2026-02-01", "call_owner": "Administrator"}),
		("Service Complaint", {"subject": "Late", "description": "Nobody came"}),
		("Service Contract", {"title": "Care", "start_date": "2026-02-01", "end_date": "2027-01-31"}),
		("Damage Claim", {}),
	],
)
def test_nothing_is_saved_for_a_customer_who_has_another_name_by_now(shop, doctype, values):
	frappe.rename_doc("Customer", shop.customer, "Nora Murphy")
	with pytest.raises(frappe.LinkValidationError, match="Nora Byrne"):
		make.make(doctype, customer=shop.customer, company=make.COMPANY, **values)


def test_a_call_stays_with_its_customer_when_an_old_form_is_saved(shop):
	call = make.call(shop.customer)
	frappe.rename_doc("Customer", shop.customer, "Nora Murphy")
	with pytest.raises(frappe.LinkValidationError, match="Nora Byrne"):
		call.save()
	call.reload()
	call.save()
	assert call.customer == "Nora Murphy"


def test_an_amended_receipt_calls_no_photo_one_of_the_return(shop):
	doc = make.receipt(make.call(shop.customer))
	doc.submit()
	doc.append("photos", {"photo": "/files/back.png"})
	doc.save()
	assert doc.photos[0].at_return
	doc.cancel()
	amended = frappe.copy_doc(doc)  # as the desk amends: with the fields that are not copied otherwise
	amended.amended_from = doc.name
	assert not amended.insert().photos[0].at_return
