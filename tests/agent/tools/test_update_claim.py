"""The tool that writes values into the claim."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.assistant import UpdateClaim
from agent.claim import Claim, ClaimField, FieldType
from agent.dialogue import Dialogue
from agent.tool import ToolOutcome, run_tool, spec_of
from agent.tools.update_claim import UpdateClaimTool

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)
DIALOGUE = Dialogue(
    Claim(
        (
            ClaimField("caller_name"),
            ClaimField("incident_datetime", FieldType.DATETIME),
            ClaimField("phone_number", FieldType.PHONE_NUMBER, required=False),
        )
    )
)


def call(*updates: tuple[str, str], dialogue: Dialogue = DIALOGUE, tool: UpdateClaimTool | None = None) -> ToolOutcome:
    """Run the tool as a model's words would."""
    arguments = json.dumps({"updates": [{"field": field, "value": value} for field, value in updates]})
    return run_tool(tool or UpdateClaimTool(), arguments, dialogue, NOW)


def test_a_value_is_stored_in_its_normal_form() -> None:
    """The model is told what was stored, and what is missing."""
    outcome = call(("phone_number", "202 555 0143"))
    assert outcome.outputs == (UpdateClaim("phone_number", "+12025550143"),)
    assert outcome.text == "Stored: phone_number = +12025550143. Still missing: caller_name, incident_datetime."


def test_the_last_values_leave_nothing_missing() -> None:
    """Several at once; optional fields are not missing."""
    outcome = call(("caller_name", "Robert"), ("incident_datetime", "2026-11-16T09:00"))
    assert outcome.outputs == (
        UpdateClaim("caller_name", "Robert"),
        UpdateClaim("incident_datetime", "2026-11-16T09:00"),
    )
    assert (
        outcome.text
        == "Stored: caller_name = Robert. Stored: incident_datetime = 2026-11-16T09:00. Nothing is missing."
    )


def test_what_is_right_is_stored_beside_what_is_wrong() -> None:
    """Each is told of its own: nothing is lost, and nothing is pretended."""
    outcome = call(("phone_number", "555"), ("caller_name", "Robert"), ("shoe_size", "44"))
    assert outcome.outputs == (UpdateClaim("caller_name", "Robert"),)
    assert outcome.text == (
        "Not stored: phone_number: that number is too short for a phone number. Ask the caller for it again. "
        "Stored: caller_name = Robert. "
        "Not stored: there is no field shoe_size. The fields are: caller_name, incident_datetime, phone_number. "
        "Still missing: incident_datetime."
    )


def test_a_correction_keeps_what_it_does_not_say() -> None:
    """A date that is corrected keeps its time, also one that was given in the same breath."""
    dialogue = DIALOGUE.with_claim(DIALOGUE.claim.with_value("incident_datetime", "2026-11-19T09:00"))
    outcome = call(("incident_datetime", "on Tuesday"), dialogue=dialogue)
    assert outcome.outputs == (UpdateClaim("incident_datetime", "2026-11-17T09:00"),)
    outcome = call(("incident_datetime", "2026-11-19T09:00"), ("incident_datetime", "on Tuesday"))
    assert outcome.outputs[-1] == UpdateClaim("incident_datetime", "2026-11-17T09:00")


def test_what_the_caller_speaks_is_what_dates_are_read_in() -> None:
    """The language of the call, where it is known; else the tool's own."""
    french = replace(DIALOGUE, language="fr-FR")
    assert call(("incident_datetime", "hier à 17h"), dialogue=french).outputs == (
        UpdateClaim("incident_datetime", "2026-11-19T17:00"),
    )
    assert call(("incident_datetime", "hier à 17h"), tool=UpdateClaimTool(language="fr")).outputs


@pytest.mark.parametrize(
    "arguments",
    [
        "{}",
        '{"updates": []}',
        '{"updates": [{"field": "caller_name", "value": "Rob',
        '{"updates": [{"field": "caller_name"}]}',
        '{"field": "caller_name", "value": "Robert"}',
        '{"updates": [{"field": "caller_name", "value": "Robert", "call_id": "other"}]}',
    ],
)
def test_wrong_arguments_store_nothing(arguments: str) -> None:
    """None of them, also not those before the one that was cut off."""
    outcome = run_tool(UpdateClaimTool(), arguments, DIALOGUE, NOW)
    assert outcome.outputs == ()
    assert outcome.text.startswith("Nothing was done")


def test_the_schema_tells_the_model_what_to_write() -> None:
    """Both halves of an update are required and explained."""
    spec = spec_of(UpdateClaimTool())
    assert spec.name == "update_claim"
    properties = spec.parameters["properties"]
    assert isinstance(properties, dict)
    update = properties["updates"]["items"]
    assert update["required"] == ["field", "value"]
    assert all(schema["description"] for schema in update["properties"].values())
