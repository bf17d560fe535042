"""The tool that writes one value into the claim."""

from datetime import datetime
from typing import Annotated

import msgspec

from agent.assistant import UpdateClaim
from agent.dialogue import Dialogue
from agent.errors import InvalidValue
from agent.tool import ToolOutcome
from agent.values import parse_value


class UpdateClaimArguments(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the model writes."""

    field: Annotated[str, msgspec.Meta(description="Name of the claim field, exactly as it is listed.")]
    value: Annotated[
        str,
        msgspec.Meta(
            description="The value, as the caller meant it. Dates and times as ISO 8601 (2026-11-16T09:00), "
            "phone numbers as digits, e-mail addresses as they are written."
        ),
    ]


class UpdateClaimTool:
    """Validates a value by its field's type; what does not fit is refused with the reason, and not stored."""

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
            "Store one value of the claim, or correct it, as soon as the caller has told it. "
            "Call it once for each value. If the value is refused, ask the caller again."
        )

    @property
    def arguments_type(self) -> type[UpdateClaimArguments]:
        """What it takes."""
        return UpdateClaimArguments

    def run(self, arguments: UpdateClaimArguments, dialogue: Dialogue, now: datetime) -> ToolOutcome:
        """Validate the value and ask for it to be stored."""
        field = dialogue.claim.named(arguments.field)
        if field is None:
            known = ", ".join(each.name for each in dialogue.claim.fields)
            return ToolOutcome(f"Not stored: there is no such field. The fields are: {known}.")
        try:
            value = parse_value(
                field,
                arguments.value,
                now=now,
                region=self._region,
                language=self._language,
                replacing=dialogue.claim.values.get(field.name, ""),
            )
        except InvalidValue as error:
            return ToolOutcome(f"Not stored: {error.reason}. Ask the caller for the {field.spoken_name} again.")
        missing = [each.name for each in dialogue.claim.with_value(field.name, value).missing()]
        still = f"Still missing: {', '.join(missing)}." if missing else "Nothing is missing."
        return ToolOutcome(f"Stored: {field.name} = {value}. {still}", (UpdateClaim(field.name, value),))
