"""The tool that writes one value into the claim."""

from datetime import UTC, datetime

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


def call(arguments: str, dialogue: Dialogue = DIALOGUE) -> ToolOutcome:
    """Run the tool as a model's words would."""
    return run_tool(UpdateClaimTool(), arguments, dialogue, NOW)


def test_a_value_is_stored_in_its_normal_form() -> None:
    """The model is told what was stored, and what is missing."""
    outcome = call('{"field": "phone_number", "value": "202 555 0143"}')
    assert outcome.outputs == (UpdateClaim("phone_number", "+12025550143"),)
    assert outcome.text == "Stored: phone_number = +12025550143. Still missing: caller_name, incident_datetime."


def test_the_last_value_leaves_nothing_missing() -> None:
    """Optional fields are not missing."""
    dialogue = DIALOGUE.with_claim(DIALOGUE.claim.with_value("caller_name", "Robert"))
    outcome = call('{"field": "incident_datetime", "value": "2026-11-16T09:00"}', dialogue)
    assert outcome.text.endswith("Nothing is missing.")


def test_a_correction_keeps_what_it_does_not_say() -> None:
    """A date that is corrected keeps its time."""
    dialogue = DIALOGUE.with_claim(DIALOGUE.claim.with_value("incident_datetime", "2026-11-19T09:00"))
    outcome = call('{"field": "incident_datetime", "value": "on Tuesday"}', dialogue)
    assert outcome.outputs == (UpdateClaim("incident_datetime", "2026-11-17T09:00"),)


def test_a_bad_value_is_refused_with_the_reason() -> None:
    """Nothing is stored; the model can say why."""
    outcome = call('{"field": "phone_number", "value": "555"}')
    assert outcome == ToolOutcome(
        "Not stored: that number is too short for a phone number. Ask the caller for the phone number again."
    )


def test_an_unknown_field_is_refused_with_the_known_ones() -> None:
    """A field that the schema does not have is no success."""
    outcome = call('{"field": "shoe_size", "value": "44"}')
    assert outcome == ToolOutcome(
        "Not stored: there is no such field. The fields are: caller_name, incident_datetime, phone_number."
    )


def test_the_schema_tells_the_model_what_to_write() -> None:
    """Both arguments are required and explained."""
    spec = spec_of(UpdateClaimTool())
    assert spec.name == "update_claim"
    assert spec.parameters["required"] == ["field", "value"]
    properties = spec.parameters["properties"]
    assert isinstance(properties, dict)
    assert all(schema["description"] for schema in properties.values())
