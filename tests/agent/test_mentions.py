"""Fields that a caller mentions by name."""

import pytest

from agent.claim import Claim, ClaimField, FieldType
from agent.mentions import asked_last, named_anywhere, named_first

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


@pytest.mark.parametrize(
    ("language", "said", "name", "value"),
    [
        ("fr", "le nom est faux, c'est Robert Martin", "caller_name", "Robert Martin"),
        ("fr", "la date devrait être lundi", "incident_datetime", "lundi"),
        ("fr", "le lieu n'est pas bon", "incident_location", ""),
        ("fr", "l’adresse e-mail", "email", ""),
        ("es", "el nombre está mal, es Roberto Ruiz", "caller_name", "Roberto Ruiz"),
        ("es", "mi teléfono es el 612", "phone_number", "el 612"),
        ("es", "el lugar", "incident_location", ""),
        ("de", "die Telefonnummer ist 0176", "phone_number", "0176"),
        ("de", "der Ort stimmt nicht", "incident_location", ""),
        ("de", "das Datum ist falsch, es war Montag", "incident_datetime", "es war Montag"),
        ("zh", "名字不对，是王明", "caller_name", "王明"),
        ("zh", "电话号码是138", "phone_number", "138"),
        ("zh", "日期应该是星期一", "incident_datetime", "星期一"),
        ("zh", "地点错了", "incident_location", ""),
    ],
)
def test_fields_are_named_in_every_language(language: str, said: str, name: str, value: str) -> None:
    """By what we call them, and by what they usually are."""
    mention = named_first(said, CLAIM, language)
    assert mention is not None
    assert (mention.field.name, mention.said) == (name, value)


def test_a_field_may_be_named_anywhere_in_every_language() -> None:
    """At the end, or without a blank before it."""
    assert named_anywhere("Ich glaube, es ist die Telefonnummer", CLAIM, "de") == CLAIM.named("phone_number")
    assert named_anywhere("我觉得电话错了", CLAIM, "zh") == CLAIM.named("phone_number")
    assert named_anywhere("je crois que tout va", CLAIM, "fr") is None


ASKED = Claim((ClaimField("caller_name"), ClaimField("place", description="Where did it happen?")))


@pytest.mark.parametrize(
    ("said", "language", "name"),
    [
        ("Thank you. And your name?", "en", "caller_name"),
        ("Where did it happen?", "en", "place"),
        ("What is your name? No, first: Where did it happen?", "en", "place"),
        ("Is your name right? I have noted it.", "en", "caller_name"),
        ("Your name is noted.", "en", None),
        ("What else?", "en", None),
        ("", "en", None),
    ],
)
def test_what_was_asked_last_is_found(said: str, language: str, name: str | None) -> None:
    """By its own question, or by its name in the last question; a statement asks nothing."""
    found = asked_last(said, ASKED, language)
    assert (found.name if found is not None else None) == name
