"""Values of a claim: normal forms and refusals."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.claim import ClaimField, FieldType
from agent.errors import InvalidValue
from agent.values import NO_DATE, parse_value, warm_up

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)
FIELDS = (
    ClaimField("incident_description", description="What happened?"),
    ClaimField("caller_name"),
    ClaimField("policy_number"),
    ClaimField("incident_datetime", FieldType.DATETIME),
    ClaimField("email", FieldType.EMAIL),
    ClaimField("phone_number", FieldType.PHONE_NUMBER),
)
WORDS = (
    "yesterday monday at nine in the morning it's my name is um well robert two zero double five oh at dot com"
    " example @ . , - + 202 4711 A half past march third I was no number policy 2026-11-16T09:00 a@b.de"
)
SPOKEN = st.lists(
    st.sampled_from(WORDS.split()),
    max_size=14,
).map(" ".join)


@pytest.mark.parametrize(
    ("field", "said", "value"),
    [
        (FIELDS[0], "a pipe burst.", "A pipe burst"),
        (FIELDS[2], "my policy number is four seven one one", "4711"),
        (FIELDS[3], "yesterday at nine in the morning", "2026-11-19T09:00"),
        (FIELDS[4], "Robert Dot Miller at example dot com", "robert.miller@example.com"),
        (FIELDS[5], "two zero two triple five oh one four three", "+12025550143"),
    ],
)
def test_each_type_has_its_normal_form(field: ClaimField, said: str, value: str) -> None:
    """What was said is brought into the normal form of the field's type."""
    assert parse_value(field, said, now=NOW) == value


@pytest.mark.parametrize("field", FIELDS)
def test_silence_is_refused_with_a_reason(field: ClaimField) -> None:
    """The error names the field and has a reason that reads as a clause."""
    with pytest.raises(InvalidValue) as caught:
        parse_value(field, "", now=NOW)
    assert caught.value.field == field.name
    assert caught.value.reason
    assert not caught.value.reason.endswith(".")
    assert caught.value.refusal == caught.value.reason


def test_a_date_that_is_none_says_so() -> None:
    """A sentence without a date is refused."""
    with pytest.raises(InvalidValue) as caught:
        parse_value(FIELDS[3], "I do not remember", now=NOW)
    assert caught.value.reason == NO_DATE


def test_a_correction_keeps_what_it_does_not_say() -> None:
    """The value that is replaced fills in the time of day."""
    assert parse_value(FIELDS[3], "on Tuesday", now=NOW, replacing="2026-11-19T09:00") == "2026-11-17T09:00"


@given(field=st.sampled_from(FIELDS), said=st.one_of(st.text(), SPOKEN))
def test_any_text_is_a_value_or_refused(field: ClaimField, said: str) -> None:
    """Nothing but InvalidValue is raised, and a normal form is its own normal form."""
    try:
        value = parse_value(field, said, now=NOW)
    except InvalidValue:
        return
    assert value
    assert parse_value(field, value, now=NOW) == value


@given(said=st.text(), language=st.sampled_from(["de", "fr", "ja", "ar"]))
def test_any_text_in_another_language_is_a_date_or_refused(said: str, language: str) -> None:
    """No error of dateparser is let through."""
    try:
        value = parse_value(FIELDS[3], said, now=NOW, language=language)
    except InvalidValue:
        return
    assert parse_value(FIELDS[3], value, now=NOW, language=language) == value


def test_warming_up_needs_nothing() -> None:
    """The tables load without a network."""
    warm_up(NOW)


@pytest.mark.parametrize("language", ["fr", "es", "de", "zh"])
@given(field=st.sampled_from(FIELDS), said=st.one_of(st.text(), SPOKEN))
def test_any_text_in_any_language_is_a_value_or_refused(language: str, field: ClaimField, said: str) -> None:
    """Nothing but InvalidValue is raised, and a normal form is its own normal form."""
    try:
        value = parse_value(field, said, now=NOW, language=language)
    except InvalidValue:
        return
    assert value
    assert parse_value(field, value, now=NOW, language=language) == value
