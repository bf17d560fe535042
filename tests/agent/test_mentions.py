"""Fields that a caller mentions by name."""

import pytest

from agent.claim import Claim, ClaimField, FieldType
from agent.mentions import named_anywhere, named_first

CLAIM = Claim(
    (
        ClaimField("incident_location"),
        ClaimField("incident_datetime", FieldType.DATETIME),
        ClaimField("caller_name"),
        ClaimField("phone_number", FieldType.PHONE_NUMBER),
        ClaimField("email", FieldType.EMAIL),
    )
)


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ("the name is wrong, it is Robert Miller", "caller_name", "it is Robert Miller"),
        ("my name is Robert", "caller_name", "Robert"),
        ("the phone number is 202 555 0143", "phone_number", "202 555 0143"),
        ("the number is 202 555 0143", "phone_number", "202 555 0143"),
        ("change the location to Boston", "incident_location", "Boston"),
        ("the place was not right", "incident_location", ""),
        ("the date should be Monday", "incident_datetime", "Monday"),
        ("the email", "email", ""),
        ("the incident location is Boston", "incident_location", "Boston"),
    ],
)
def test_a_field_named_first_gives_its_value(said: str, name: str, value: str) -> None:
    """The words behind the name are the value, without what joins them."""
    mention = named_first(said, CLAIM)
    assert mention is not None
    assert (mention.field.name, mention.said) == (name, value)


@pytest.mark.parametrize("said", ["it was on Monday", "Robert Miller", "the names are many", ""])
def test_no_field_is_named(said: str) -> None:
    """A value alone names nothing."""
    assert named_first(said, CLAIM) is None


def test_a_field_may_be_named_anywhere() -> None:
    """Which field is wrong may stand at the end."""
    assert named_anywhere("I think it is the phone", CLAIM) == CLAIM.named("phone_number")
    assert named_anywhere("I think it is all", CLAIM) is None


def test_a_name_of_two_fields_names_neither() -> None:
    """What two fields may be called is ambiguous; their full names are not."""
    claim = Claim((*CLAIM.fields, ClaimField("policy_number")))
    assert named_first("the number is 4711", claim) is None
    mention = named_first("the policy number is 4711", claim)
    assert mention is not None
    assert mention.field.name == "policy_number"
