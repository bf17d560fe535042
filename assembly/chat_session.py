"""A conversation by keyboard: the same assistant, tools and memory as a call has, and no sound.

What is written is read: an effect comes true at once, where a call waits until it is
heard. What a call would do in the world is only shown: nothing is sent, nobody is called.
Knows no terminal: whoever reads the replies shows them.
"""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from agent.assistant import Assistant
from agent.closing import closing
from agent.dialogue import Dialogue
from agent.errors import AssistantError
from agent.facts import EmergencyNotice
from agent.options import Options
from calls.events import EndReason
from calls.initiate import CallInitiate
from calls.opening import opening_dialogue
from calls.session import CallSession
from media.playout import Heard
from pipeline.commands import Cause, StartReply
from pipeline.memory import Draft, Memory
from pipeline.ports import Delivery
from pipeline.records import AssistantSaid, CallerHeard, Record, StageFailed
from pipeline.reply import FixedPhrases, Replying
from pipeline.utterance import Utterance

CALL_ID: Final = "chat"
KEYS: Final = "0123456789*#"


@dataclass(frozen=True, slots=True)
class SmsShown:
    """A text message that a call would have sent."""

    text: str


@dataclass(frozen=True, slots=True)
class HelpShown:
    """A call for help that a call would have made; the assistant is told that somebody was notified."""

    notice: EmergencyNotice


@dataclass(frozen=True, slots=True)
class HandOverShown:
    """A call would have been handed over."""

    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """What the conversation is about, and how it is held."""

    initiate: CallInitiate
    caller_number: str = ""
    """E.164; empty: withheld."""
    language: str = ""
    """BCP 47, of the caller; empty: not known."""
    phrases: FixedPhrases = FixedPhrases()  # noqa: RUF009 (frozen)
    options: Options = Options()  # noqa: RUF009 (frozen)


Shown = str | Record | SmsShown | HelpShown | HandOverShown
"""The next piece of what the assistant says; or what has happened: a record, or what a call would have done."""


class _Deeds:
    """Does nothing, and notes it to be shown: satisfies ``calls.session.CallDeeds``."""

    def __init__(self, show: Callable[[Shown], None]) -> None:
        self._show = show

    def hang_up(self, reason: EndReason) -> None:
        """The session ends by itself."""

    def transfer(self, context: Mapping[str, str], number: str = "") -> None:
        self._show(HandOverShown(number, context["Reason"]))

    def send_sms(self, text: str) -> None:
        self._show(SmsShown(text))

    def call_for_help(self, notice: EmergencyNotice, answer: Callable[[bool], None]) -> None:
        self._show(HelpShown(notice))
        answer(True)

    def recording_announced(self) -> None:
        """Nothing is recorded."""


class ChatSession:
    """One conversation; ``greet`` first, then ``say`` and ``press`` until ``is_over``.

    Args:
        assistant: Who answers.
        settings: See there.
        utc_now: The time of day, timezone-aware.
    """

    def __init__(self, assistant: Assistant, settings: ChatSettings, *, utc_now: Callable[[], datetime]) -> None:
        self._shown: list[Shown] = []  # bounded by what one reply puts out: each reply empties it
        session = CallSession(
            call_id=CALL_ID,
            caller_number=settings.caller_number,
            called_number="",
            deeds=_Deeds(self._shown.append),
            initiate=settings.initiate,
        )
        opening = opening_dialogue(session, utc_now())
        dialogue = replace(
            opening,
            language=settings.language or opening.language,
            is_language_chosen=bool(settings.language) or opening.is_language_chosen,
        )
        self._memory = Memory(CALL_ID, dialogue, observer=self, utc_now=utc_now, deeds=session)
        self._memory.behave(settings.options)
        self._replying = Replying(assistant, settings.phrases)
        self._session = session
        self._utc_now = utc_now
        self._turn = 0
        self.is_over = False
        """The assistant has ended the call, or handed it over."""

    @property
    def dialogue(self) -> Dialogue:
        """What was said and is known."""
        return self._memory.dialogue

    def observe(self, record: Record) -> None:
        """Take a record of the memory, to be shown. What was said is shown already, but not what it rests on."""
        is_known = isinstance(record, CallerHeard) or (isinstance(record, AssistantSaid) and not record.citations)
        if not is_known:
            self._shown.append(record)

    def greet(self) -> AsyncGenerator[Shown, None]:
        """Open the conversation."""
        return self._reply(Cause.GREETING, "")

    def say(self, text: str) -> AsyncGenerator[Shown, None]:
        """Answer what the caller has written; nothing but blanks is not answered."""
        self._turn += 1
        return self._reply(Cause.ANSWER, " ".join(text.split()))

    def press(self, keys: str) -> AsyncGenerator[Shown, None]:
        """Answer keys of the telephone, each of ``KEYS``, as a call understands them."""
        pressed = Utterance()
        for key in keys:
            pressed.digit(key, 0)
        return self.say(pressed.text)

    async def _reply(self, cause: Cause, text: str) -> AsyncGenerator[Shown, None]:
        if cause is Cause.ANSWER and not text:
            return
        order = StartReply(self._turn, cause, text)
        draft, before = Draft(order), self._memory.dialogue
        self._memory.confirm(draft)
        said, has_failed = "", False
        try:
            async with aclosing(self._parts(order, draft, before)) as parts:
                async for part in parts:
                    said += part if isinstance(part, str) else ""
                    yield part
        except AssistantError as error:
            self._shown.append(StageFailed(CALL_ID, self._utc_now(), "reply", type(error).__name__))
            has_failed = True
        self._memory.assistant_said(draft, Heard(0, " ".join(said.split()), "", 0), was_cut=has_failed)
        if draft.hands_over:
            self._hand_over()
        self.is_over = draft.ends_call or draft.hands_over
        for each in self._taken():
            yield each
        if has_failed and cause is not Cause.APOLOGY:
            async with aclosing(self._reply(Cause.APOLOGY, "")) as apology:
                async for part in apology:
                    yield part

    async def _parts(self, order: StartReply, draft: Draft, before: Dialogue) -> AsyncGenerator[Shown, None]:
        async with closing(self._replying.reply(order, before, is_streamed=True)) as parts:
            async for part in parts:
                if isinstance(part, str):
                    yield part
                elif not isinstance(part, Delivery):
                    self._memory.add_effect(draft, part)
                for each in self._taken():
                    yield each

    def _hand_over(self) -> None:
        transfer = self._memory.transfer
        number = transfer.number or self.dialogue.agent_number
        self._session.request_transfer(self._memory.handover_context(), number)

    def _taken(self) -> list[Shown]:
        taken = self._shown.copy()
        self._shown.clear()
        return taken
