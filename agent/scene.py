"""What a rule of the script looks at."""

from dataclasses import dataclass
from datetime import datetime

from agent.claim import Claim, ClaimField
from agent.dialogue import Dialogue
from agent.expectation import Expectation
from agent.interpret import Heard
from agent.phrases import Phrases
from agent.texts.texts import Texts


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a rule looks at: the dialogue, what was said in it last, and when."""

    dialogue: Dialogue
    utterance: str
    now: datetime
    state: Expectation
    heard: Heard
    phrases: Phrases

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
