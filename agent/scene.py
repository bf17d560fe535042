"""What a rule of the script looks at."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from agent.claim import Claim, ClaimField, FieldType
from agent.dialogue import Dialogue, Persona
from agent.errors import InvalidValue
from agent.expectation import Expectation
from agent.interpret import Heard
from agent.phrases import Phrases
from agent.spoken_callers import means_own_number
from agent.texts.texts import Texts
from agent.values import parse_value

_BEGINNING_OF_CHINESE: Final = 4
"""Characters of a question, which has no blanks to count words by."""


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a rule looks at: the dialogue, what was said in it last, and when."""

    dialogue: Dialogue
    utterance: str
    now: datetime
    state: Expectation
    heard: Heard
    phrases: Phrases
    region: str = "US"
    """Where a phone number without country code belongs, ISO 3166-1 alpha-2."""
    language: str = "en"
    """What the caller speaks, as far as anybody knows (BCP 47)."""

    @property
    def texts(self) -> Texts:
        """What can be said."""
        return self.phrases.texts

    @property
    def claim(self) -> Claim:
        """What is known."""
        return self.dialogue.claim

    @property
    def noted(self) -> ClaimField | None:
        """The field whose value was given last."""
        return self.claim.named(self.state.noted)

    @property
    def asked(self) -> ClaimField | None:
        """The field that was asked for."""
        return self.claim.named(self.state.asked)

    def was_cut_before(self, asked: ClaimField) -> bool:
        """Whether the caller interrupted before the question for a field had begun."""
        last = self.dialogue.last_said
        if last is None or last.persona is not Persona.ASSISTANT or not last.was_interrupted:
            return False
        question = self.phrases.question(asked)
        beginning = " ".join(question.split()[:2]) if self.texts.gap else question[:_BEGINNING_OF_CHINESE]
        return beginning not in last.text

    # What is understood.

    def parsed(self, field: ClaimField, said: str) -> str:
        """What was said for a field, in its normal form.

        Raises:
            InvalidValue: The words hold no such value.
        """
        dialogue = self.dialogue
        if field.type is FieldType.PHONE_NUMBER and dialogue.caller_number and means_own_number(said, self.language):
            return dialogue.caller_number
        replacing = self.claim.values.get(field.name, "")
        return parse_value(field, said, now=self.now, region=self.region, language=self.language, replacing=replacing)

    def fits_typed(self, field: ClaimField, said: str) -> bool:
        """Whether this is a value of a field that is not free text."""
        return field.type is not FieldType.TEXT and self.fits(field, said)

    def fits(self, field: ClaimField, said: str) -> bool:
        """Whether this is a value of a field."""
        try:
            self.parsed(field, said)
        except InvalidValue:
            return False
        return True
