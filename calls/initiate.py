"""What one call is about: who speaks for whom, to what end, and what is to be found out.

The configuration has one for the calls that come in; whoever orders a call may give
it another. It is kept with the call: configuration may change later.
"""

from dataclasses import dataclass

from agent.character import Character
from agent.claim import Claim, ClaimField
from stores.records import FieldRecord, InitiateRecord


@dataclass(frozen=True, slots=True)
class CallInitiate:
    """One call's own configuration. Names are those of call-center-ai."""

    bot_company: str = ""
    bot_name: str = ""
    task: str = ""
    agent_phone_number: str = ""
    """Whom the caller is handed over to, E.164; empty: nobody."""
    language: str = "en-US"
    """BCP 47, of the first words."""
    languages: tuple[str, ...] = ()
    """What the call can be held in (BCP 47), ``language`` among them; empty: nobody knows."""
    is_language_ordered: bool = False
    """Whoever ordered the call has said so: nobody need ask for it."""
    language_by_number: tuple[tuple[str, str], ...] = ()
    """What a call begins in, by the beginning of the caller's number or of the called one (E.164)."""
    language_name: str = "English"
    prosody_rate: float = 1.0
    """How fast the voice speaks: 0.75 to 1.25."""
    claim: tuple[ClaimField, ...] = ()
    calls_back_about: str = ""
    """We call, as was agreed in an earlier call: about this; empty: this is no call back."""

    def language_of(self, caller_number: str, called_number: str) -> str:
        """What the numbers tell of the language: the longest beginning of either; empty: nothing."""
        known = [
            (len(start), language)
            for start, language in self.language_by_number
            if caller_number.startswith(start) or called_number.startswith(start)
        ]
        return max(known, key=lambda each: each[0])[1] if known else ""

    @property
    def character(self) -> Character:
        """Who the assistant is in this call."""
        return Character(
            company=self.bot_company, bot_name=self.bot_name, task=self.task, language_name=self.language_name
        )

    @property
    def empty_claim(self) -> Claim:
        """The claim before anything is known."""
        return Claim(self.claim)

    @property
    def record(self) -> InitiateRecord:
        """What is kept of it, beside the schema."""
        return InitiateRecord(
            bot_company=self.bot_company,
            bot_name=self.bot_name,
            task=self.task,
            agent_phone_number=self.agent_phone_number,
            language=self.language,
            prosody_rate=self.prosody_rate,
        )

    @property
    def field_records(self) -> tuple[FieldRecord, ...]:
        """The schema as it is kept."""
        return tuple(FieldRecord(each.name, each.type.value, each.description, each.required) for each in self.claim)
