"""What the scripted assistant waits for, as it is written into ``Dialogue.expecting``.

An assistant keeps nothing between two replies, so this text is its memory:
``field:phone_number;noted:caller_name;skipped:policy_number,witnesses``.
Written and read here only.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from agent.claim import Claim, ClaimField


class Stage(StrEnum):
    """Where in its script the assistant is."""

    OPEN = "open"
    """Anything: a model has led the talk, or nothing has been asked yet."""
    FIELD = "field"
    """The value of one field."""
    HUMAN = "human"
    """Yes or no to being handed over, since the value of a field was not understood."""
    CONFIRM = "confirm"
    """Yes or no to the whole claim."""
    WHICH = "which"
    """Which of the values is wrong."""
    DONE = "done"
    """Nothing: goodbye has been said."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """A stage, and what must be remembered with it."""

    stage: Stage = Stage.OPEN
    asked: str = ""
    """The field that was asked for, in the stages FIELD and HUMAN."""
    noted: str = ""
    """The field whose value was given last: what "no, it was ..." corrects."""
    skipped: tuple[str, ...] = ()
    """Required fields that are not asked for again."""

    def encode(self) -> str:
        """Write it down; ``decode`` reads it."""
        parts = [f"{self.stage}:{self.asked}" if self.asked else str(self.stage)]
        if self.noted:
            parts.append(f"noted:{self.noted}")
        if self.skipped:
            parts.append(f"skipped:{','.join(self.skipped)}")
        return ";".join(parts)

    @classmethod
    def decode(cls, text: str) -> "Expectation":
        """Read what ``encode`` wrote; anything else is the stage OPEN."""
        head, *tail = text.split(";")
        stage, _, asked = head.partition(":")
        if stage not in set(Stage):
            return cls()
        memory = dict(part.split(":", 1) for part in tail if ":" in part)
        skipped = tuple(name for name in memory.get("skipped", "").split(",") if name)
        return cls(Stage(stage), asked, memory.get("noted", ""), skipped)

    def asking(self, field: ClaimField) -> "Expectation":
        """Wait for the value of this field."""
        return replace(self, stage=Stage.FIELD, asked=field.name)

    def offering(self, field: ClaimField) -> "Expectation":
        """Wait for whether a human is wanted, since this field's value was not understood."""
        return replace(self, stage=Stage.HUMAN, asked=field.name)

    def at(self, stage: Stage) -> "Expectation":
        """Wait for what belongs to another stage."""
        return replace(self, stage=stage, asked="")

    def noting(self, field: ClaimField) -> "Expectation":
        """Remember whose value came last; a field that was given is skipped no more."""
        return replace(self, noted=field.name, skipped=tuple(name for name in self.skipped if name != field.name))

    def skipping(self, field: ClaimField) -> "Expectation":
        """Ask for this field no more."""
        return replace(self, skipped=(*(name for name in self.skipped if name != field.name), field.name))

    def next_field(self, claim: Claim) -> ClaimField | None:
        """The next field to ask for, in the schema's order."""
        return next((field for field in claim.missing() if field.name not in self.skipped), None)
