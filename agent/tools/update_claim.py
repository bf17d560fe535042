"""The tool that writes values into the claim."""

from datetime import datetime
from typing import Annotated

import msgspec

from agent.assistant import Output, UpdateClaim
from agent.claim import Claim, ClaimField
from agent.dialogue import Dialogue
from agent.errors import InvalidValue
from agent.tool import ToolMeans, ToolOutcome
from agent.values import parse_value


class FieldUpdate(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One value."""

    field: Annotated[str, msgspec.Meta(max_length=64, description="Name of a claim field, exactly as it is listed.")]
    value: Annotated[
        str,
        msgspec.Meta(
            max_length=2_000,
            description="As the caller meant it. Dates as ISO 8601 (2026-11-16T09:00), phone numbers as digits.",
        ),
    ]


class UpdateClaimArguments(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the model writes."""

    updates: Annotated[list[FieldUpdate], msgspec.Meta(min_length=1, max_length=64)]


class UpdateClaimTool:
    """Validates each value by its field's type; what does not fit is refused with the reason, and not stored."""

    def __init__(self, *, region: str = "US", language: str = "en") -> None:
        self._region = region
        self._language = language

    @property
    def name(self) -> str:
        """As the model calls it."""
        return "update_claim"

    @property
    def description(self) -> str:
        """When to use it."""
        return (
            "Store values of the claim, or correct them, as soon as the caller has told them. "
            "What is refused is not stored: ask the caller for it again."
        )

    @property
    def arguments_type(self) -> type[UpdateClaimArguments]:
        """What it takes."""
        return UpdateClaimArguments

    def run(self, arguments: UpdateClaimArguments, dialogue: Dialogue, now: datetime) -> ToolOutcome:
        """Validate each value, and ask for those to be stored that are right."""
        told: list[str] = []
        outputs: list[Output] = []
        claim = dialogue.claim
        for update in arguments.updates:
            field = claim.named(update.field)
            if field is None:
                known = ", ".join(each.name for each in claim.fields)
                told.append(f"Not stored: there is no field {update.field}. The fields are: {known}.")
                continue
            try:
                value = self._parsed(field, update.value, claim, dialogue.language, now)
            except InvalidValue as error:
                told.append(f"Not stored: {field.name}: {error.reason}. Ask the caller for it again.")
                continue
            claim = claim.with_value(field.name, value)
            outputs.append(UpdateClaim(field.name, value))
            told.append(f"Stored: {field.name} = {value}.")
        missing = ", ".join(each.name for each in claim.missing())
        told.append(f"Still missing: {missing}." if missing else "Nothing is missing.")
        return ToolOutcome(" ".join(told), tuple(outputs))

    def _parsed(self, field: ClaimField, said: str, claim: Claim, language: str, now: datetime) -> str:
        return parse_value(
            field,
            said,
            now=now,
            region=self._region,
            language=language or self._language,
            replacing=claim.values.get(field.name, ""),
        )


def build(means: ToolMeans) -> UpdateClaimTool:
    """It needs nothing."""
    return UpdateClaimTool(region=means.region, language=means.language)
