"""The sentences of the scripted assistant."""

from datetime import UTC, datetime

import pytest

from agent import phrases
from agent.claim import Claim, ClaimField, FieldType

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "question"),
    [
        (ClaimField("caller_name", description="What is your name?"), "What is your name?"),
        (ClaimField("policy_number"), "What is the policy number?"),
        (ClaimField("witnesses", description="People who saw it"), "What is the witnesses?"),
        (ClaimField("incident_datetime", FieldType.DATETIME), "What is the incident date and time?"),
    ],
)
def test_fields_are_asked_for(field: ClaimField, question: str) -> None:
    """A description that is a question is asked as it is; else the name is asked for."""
    assert phrases.question(field) == question


def test_polar_questions_are_known() -> None:
    """Yes or no answers them, if the field is a text."""
    assert phrases.is_polar(ClaimField("injuries", description="Was anyone injured?"))
    assert not phrases.is_polar(ClaimField("caller_name", description="What is your name?"))
    assert not phrases.is_polar(ClaimField("email", FieldType.EMAIL, "Do you have an e-mail address?"))


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        (ClaimField("place"), "In my kitchen", "I noted: in my kitchen."),
        (ClaimField("caller_name"), "Robert Miller", "I noted: Robert Miller."),
        (ClaimField("place"), "A" + " very" * 9 + " long place", "I noted that."),
        (ClaimField("policy_number"), "4711", "I noted four seven one one."),
        (ClaimField("when", FieldType.DATETIME), "2026-11-16T09:00", "I noted Monday, November 16 at 9 AM."),
    ],
)
def test_values_are_read_back_in_brief(field: ClaimField, value: str, sentence: str) -> None:
    """Typed values are read in full, long texts are not repeated."""
    assert phrases.read_back(field, value, NOW) == sentence


def test_the_summary_has_a_sentence_for_each_value() -> None:
    """Only what is known is said, in the schema's order."""
    claim = Claim((ClaimField("place"), ClaimField("caller_name"), ClaimField("policy_number")))
    claim = claim.with_value("policy_number", "4711").with_value("place", "In Boston.")
    assert phrases.summary(claim, NOW) == ["Place: in Boston.", "Policy number: four seven one one."]


def test_a_reason_becomes_a_sentence() -> None:
    """It begins with a capital and ends with a stop."""
    assert phrases.reason_sentence("that is too short") == "That is too short."
