"""What a call knows of people."""

from dataclasses import replace

import pytest

from calls.export.known import Known, kind_of, known_of
from stores.records import CallHistory, ToolCallRecord
from tests.calls.export.conversation import CALL, HISTORY, at, said


@pytest.mark.parametrize(
    ("field", "type_name", "kind"),
    [
        ("caller_name", "text", "NAME"),
        ("policyholder_name", "", "NAME"),
        ("involved_parties", "text", "NAME"),
        ("witnesses", "text", "NAME"),
        ("callback", "phone_number", "PHONE"),
        ("mobile_phone", "text", "PHONE"),
        ("contact", "email", "EMAIL"),
        ("policyholder_email", "text", "EMAIL"),
        ("incident_location", "text", "ADDRESS"),
        ("home_address", "text", "ADDRESS"),
        ("policy_number", "text", "POLICY"),
        ("license_plate", "text", "POLICY"),
        ("incident_description", "text", ""),
        ("hardware_info", "text", ""),
        ("incident_datetime", "datetime", ""),
        ("codename_of_project", "text", ""),
    ],
)
def test_what_fields_hold(field: str, type_name: str, kind: str) -> None:
    """By their type, or by a word of their name."""
    assert kind_of(field, type_name, {}) == kind


def test_the_configuration_counts_first() -> None:
    """It names fields that nothing tells of, and frees others."""
    assert kind_of("reference", "text", {"reference": "POLICY"}) == "POLICY"
    assert kind_of("incident_location", "text", {"incident_location": ""}) == ""


def test_everything_that_is_known() -> None:
    """From the number, from old and new values, from the arguments of tools, from what was said and ordered."""
    known = known_of(HISTORY, {})
    for each in (
        Known("PHONE", "+16175550143"),
        Known("NAME", "Robert Millar"),
        Known("NAME", "Robert Miller"),
        Known("POLICY", "B02-1234"),
    ):
        assert each in known
    values = {each.value for each in known}
    assert not {"Amelia", "Contoso"} & values
    assert len(known) == len(set(known))


def test_the_words_around_a_name_are_nobodys() -> None:
    """A model stores "my name is …" as it was said, and a caller answers in a sentence: the name alone is known."""
    told = "my name is robert miller"
    call = ToolCallRecord(
        "c1", 0, at(3), 1, "update_claim", f'{{"field": "caller_name", "value": "{told}"}}', "Stored."
    )
    asked = (said(0, "assistant", "What is your name?", 0), said(1, "caller", told))
    history = replace(HISTORY, messages=asked, tool_calls=(call,), claim_changes=())
    names = {each.value for each in known_of(history, {}) if each.kind == "NAME"}
    assert names == {"robert miller"}


def test_arguments_of_tools() -> None:
    """By field and value, and by name, however deep; what is no JSON holds nothing."""
    tool = replace(HISTORY.tool_calls[0], arguments='{"a":[{"field":"email","value":"a@b.com"},{"driver":"Ann Lee"}]}')
    known = known_of(CallHistory(CALL, tool_calls=(tool, replace(tool, arguments="{"))), {})
    assert Known("EMAIL", "a@b.com") in known
    assert Known("NAME", "Ann Lee") in known


def test_a_withheld_number_is_not_known() -> None:
    """There is nothing to look for."""
    bare = CallHistory(replace(CALL, phone_number="", initiate=None), messages=(said(0, "caller", "Hello."),))
    assert known_of(bare, {}) == []
