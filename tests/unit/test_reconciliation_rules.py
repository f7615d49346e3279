"""One row for each thing that went wrong, the weightiest reason first."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aftersales.service_accounts.reconciliation_rules import (
	CORRECTIONS,
	Break,
	Correction,
	Reason,
	without_consequences,
)


def found(reason, job="SV-1", document="SINV-1", **values):
	return Break(reason, "Service Voucher", job, "Sales Invoice", document, "2026-11-24", **values)


def test_a_cancelled_invoice_explains_amount_and_status():
	cancelled = found(Reason.DOCUMENT_CANCELLED)
	assert without_consequences(
		[found(Reason.STATUS_DIFFERS), cancelled, found(Reason.AMOUNT_DIFFERS, expected=10)]
	) == [cancelled]


def test_breaks_of_other_documents_stay():
	breaks = [
		found(Reason.CASH_NOT_HANDED_OVER, document=None),
		found(Reason.STATUS_DIFFERS),
		found(Reason.STATUS_DIFFERS, job="SV-2"),
	]
	assert without_consequences(reversed(breaks)) == [breaks[1], breaks[0], breaks[2]]


def test_difference_is_what_the_document_says_beyond_the_job():
	assert found(Reason.AMOUNT_DIFFERS, expected=115.77, found=100).difference == -15.77


def test_money_that_somebody_holds_is_never_corrected_by_itself():
	for reason in (Reason.CASH_DIFFERS, Reason.FREE_JOB_BILLED, Reason.SECOND_DOCUMENT, Reason.JOB_CANCELLED):
		assert reason not in CORRECTIONS
		assert found(reason).correction is Correction.NONE


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
	st.lists(
		st.tuples(st.sampled_from(list(Reason)), st.sampled_from("abc"), st.sampled_from("xyz")), max_size=12
	)
)
def test_every_job_and_document_is_told_once(rows):
	breaks = [found(reason, job, document) for reason, job, document in rows]
	told = without_consequences(breaks)
	assert {(one.job, one.document) for one in told} == {(one.job, one.document) for one in breaks}
	assert len(told) == len({(one.job, one.document) for one in told})
	order = list(Reason)
	for one in told:
		same = [other.reason for other in breaks if (other.job, other.document) == (one.job, one.document)]
		assert one.reason == min(same, key=order.index)
