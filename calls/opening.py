"""How a conversation begins: from nothing, or from where an earlier call of the same number stopped."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from agent.character import Character
from agent.claim import Claim, ClaimField, FieldType
from agent.dialogue import Dialogue, Message, Persona
from agent.language_tags import closest
from calls.session import CallSession
from pipeline.records import CallResumed, ClaimValueSet, Observer
from stores.records import CallHistory
from stores.store import Store

MOST_MESSAGES: Final = 40
"""Of an earlier call: what was said before that is no help any more."""
_LOOKED_AT: Final = 5
"""How many earlier calls of a number are looked at: the latest may not have been a conversation."""
_CHANGED_BY: Final = "earlier call"


class EarlierCalls:
    """Finds the call that the next one of a number goes on with; satisfies ``calls.ports.Recall``.

    Args:
        store: Where calls are kept.
        within: How long ago it may have ended, by number; zero: no call goes on with another.
        utc_now: The time of day, timezone-aware.
    """

    def __init__(self, store: Store, *, within: Callable[[str], timedelta], utc_now: Callable[[], datetime]) -> None:
        self._store = store
        self._within = within
        self._utc_now = utc_now

    async def __call__(self, number: str) -> CallHistory | None:
        """The latest call of this number that has ended in time and in which the caller said something."""
        within = self._within(number) if number else timedelta()
        if not within:
            return None
        latest_first = await self._store.latest_calls(limit=_LOOKED_AT, phone_number=number)
        since = self._utc_now() - within
        return next(
            (
                history
                for history in latest_first
                if history.call.ended_at is not None
                and history.call.ended_at >= since
                and any(message.persona == Persona.CALLER.value for message in history.messages)
            ),
            None,
        )


def opening_dialogue(session: CallSession, began_at: datetime | None = None) -> Dialogue:
    """What the assistant knows when the call begins, as at ``began_at``. ``session.recalled`` is set."""
    about = session.initiate
    first = closest(about.language, about.languages)
    dialogue = Dialogue(
        about.empty_claim,
        caller_number=session.caller_number,
        character=about.character,
        agent_number=about.agent_phone_number,
        finds_humans=session.finds_humans,
        language=_first_language(session, first),
        languages=tuple(dict.fromkeys((*(() if first is None else (first,)), *about.languages))),
        speed=about.prosody_rate,
        calls_back_about=about.calls_back_about,
    )
    dialogue = dialogue if session.earlier is None else _resumed(dialogue, session.earlier)
    return replace(dialogue, call_id=session.call_id, began_at=began_at)


def _first_language(session: CallSession, first: str | None) -> str:
    """What is known of the language before the first word; empty: nothing."""
    about = session.initiate
    if about.is_language_ordered:
        return first or ""
    return about.language_of(session.caller_number, session.called_number)


def _resumed(dialogue: Dialogue, earlier: CallHistory) -> Dialogue:
    fields = tuple(
        ClaimField(each.name, FieldType(each.type), each.description, each.required)
        for each in earlier.call.claim_fields
    )
    claim = Claim(fields or dialogue.claim.fields)
    for name, value in earlier.claim.items():
        if claim.named(name) is not None:
            claim = claim.with_value(name, value)
    said = tuple(
        Message(
            Persona(each.persona),
            each.text,
            each.was_interrupted,
            is_written=each.action == "sms" and each.persona == Persona.CALLER,
        )
        for each in earlier.messages[-MOST_MESSAGES:]
    )
    was = earlier.call.initiate
    who, human = dialogue.character, dialogue.agent_number
    if was is not None and not dialogue.calls_back_about:  # else the order to call says what it is now
        language_name = who.language_name if who is not None else "English"
        who = Character(was.bot_company, was.bot_name, was.task, language_name)
        human = was.agent_phone_number or human
    return replace(
        dialogue,
        claim=claim,
        messages=said,
        character=who,
        agent_number=human,
        is_resumed=True,
        language=earlier.call.caller_language or dialogue.language,
    )


def report_resumption(session: CallSession, observer: Observer, now: datetime) -> None:
    """Say that a call goes on with an earlier one: its record then holds all that is known, too."""
    earlier = session.earlier
    if earlier is None:
        return
    observer.observe(CallResumed(session.call_id, now, earlier.call.call_id))
    for name, value in earlier.claim.items():
        observer.observe(ClaimValueSet(session.call_id, now, name, None, value, _CHANGED_BY))
