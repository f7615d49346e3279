"""Answers of a checklist: given or missing, good or out of limits; which templates a job is done by."""

import pytest

from aftersales.service_checklists import checklist_rules as rules
from aftersales.service_checklists.checklist_rules import Answer, Job, Scope


@pytest.mark.parametrize(
	("answer", "state"),
	[
		(Answer("Pressure", "Value", value=1.5, lower=1, upper=2), "Good"),
		(Answer("Pressure", "Value", value=2.0, lower=1, upper=2), "Good"),
		(Answer("Pressure", "Value", value=2.1, lower=1, upper=2), "Out of Limits"),
		(Answer("CO", "Value", value=0.0, lower=0.1), "Out of Limits"),
		(Answer("CO", "Value", value=999.0), "Good"),
		(Answer("CO", "Value", lower=1), ""),
		(Answer("Flue tight", "Yes or No", yes_no="No", good_answer="Yes"), "Out of Limits"),
		(Answer("Flue tight", "Yes or No", yes_no="Not Applicable", good_answer="Yes"), "Good"),
		(Answer("Flue tight", "Yes or No", yes_no="No"), "Good"),
		(Answer("Seal", "Choice", choice="Worn out", choices="New\nUsed\n*Worn out"), "Out of Limits"),
		(Answer("Seal", "Choice", choice="Used", choices="New\nUsed\n*Worn out"), "Good"),
		(Answer("Hours", "Meter", value=0.0), "Good"),
	],
)
def test_state(answer, state):
	assert rules.state_of(answer) == state


def test_what_is_mandatory_is_missing_until_it_is_answered():
	answers = [
		Answer("Photo of the plate", "Photo", reqd=True),
		Answer("Notes", "Text"),
		Answer("Pressure", "Value", reqd=True, value=0.0),
		Answer("Signed", "Signature", reqd=True, picture="  "),
	]
	assert rules.missing(answers) == ["Photo of the plate", "Signed"]


def test_a_star_marks_bad_choices():
	text = "New\n * Worn out \n\n*\nUsed"
	assert rules.choices_of(text) == ["New", "Worn out", "Used"]
	assert rules.bad_choices(text) == ["Worn out"]


def test_limits_and_answers_in_words():
	assert rules.limits_in_words(Answer("p", "Value", lower=1, upper=2, uom="bar")) == "1 – 2 bar"
	assert rules.limits_in_words(Answer("p", "Value", upper=50, uom="ppm")) == "≤ 50 ppm"
	assert rules.limits_in_words(Answer("p", "Value")) == ""
	assert rules.in_words(Answer("p", "Value", value=1.5, uom="bar")) == "1.5 bar"
	assert rules.in_words(Answer("p", "Value")) == ""


def test_templates_that_fit_and_none_that_is_for_nothing_in_particular():
	scopes = [
		Scope("By plan only"),
		Scope("Inspection", request_type="Inspection"),
		Scope("Boilers", item_group="Boilers"),
		Scope("Baxi", brand="baxi", model="600 Combi"),
		Scope("Repair of boilers", request_type="Repair", item_group="Boilers"),
	]
	job = Job("Inspection", ("Combi", "Boilers"), "Baxi", "600 combi")
	assert rules.fitting(scopes, job) == ["Inspection", "Boilers", "Baxi"]
	assert rules.fitting(scopes, Job()) == []
