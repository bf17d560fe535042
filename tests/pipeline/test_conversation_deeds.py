"""What a conversation asks of its call, and what it hears from it, on a virtual clock."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from agent.assistant import Output, Say, SendSms, TransferCall, UpdateClaim
from agent.facts import EmergencyNotice
from pipeline.commands import Announcement
from pipeline.conversation import Conversation, ConversationSettings, Services
from pipeline.events import AnnouncementDue, CallerTakenBack, HandOverAsked, MessageReceived
from pipeline.records import AssistantSaid, CallerHeard
from pipeline.reply import FixedPhrases
from tests.support.fakes import (
    AT,
    FakeAssistant,
    FakeLine,
    FakeSpeechToText,
    FakeVoice,
    Loudness,
    Records,
    empty_dialogue,
)
from tests.support.jumping_time import run_virtually

Part = tuple[str, int]
ASKS = (("waits", 2_000), ("speaks", 1_000))


class Attending:
    """Notes when it begins and ends."""

    def __init__(self, seen: Records) -> None:
        self._seen = seen
        self.calls: list[str] = []
        self.said_at_end: list[str] | None = None

    async def attend(self, call_id: str) -> None:
        assert self._seen.of(AssistantSaid) == []
        self.calls.append(call_id)
        try:
            await asyncio.Event().wait()
        finally:
            self.said_at_end = [record.text for record in self._seen.of(AssistantSaid)]


@dataclass
class Asked:
    """Notes what is asked for, and when: satisfies ``Deeds``."""

    all: list[tuple[float, object]] = field(default_factory=list)

    def _note(self, what: object) -> None:
        self.all.append((asyncio.get_running_loop().time() - 100.0, what))

    def request_transfer(self, context: Mapping[str, str], number: str = "") -> None:
        self._note(("transfer", dict(context), number) if number else ("transfer", dict(context)))

    def request_sms(self, text: str) -> None:
        self._note(("sms", text))

    def request_help(self, notice: EmergencyNotice, answer: Callable[[bool], None]) -> None:
        self._note(notice)
        answer(True)

    def recording_announced(self) -> None:
        self._note("recording")


@dataclass
class Played:
    """A call that was played to its end."""

    asked: Asked
    records: Records
    assistant: FakeAssistant

    @property
    def said(self) -> list[str]:
        return [record.text for record in self.records.of(AssistantSaid)]


def play(
    *parts: Part,
    texts: tuple[str, ...] = (),
    reply: tuple[Output, ...] = (),
    events: Mapping[float, AnnouncementDue | CallerTakenBack | HandOverAsked | MessageReceived] | None = None,
    phrases: FixedPhrases | None = None,
) -> Played:
    """Play a call: what the caller does, what is recognised, what is answered, what happens beside it (by second)."""

    async def main() -> Played:
        now = asyncio.get_running_loop().time
        line, asked, records, assistant = FakeLine(now), Asked(), Records(), FakeAssistant(reply)
        services = Services(
            speech_to_text=FakeSpeechToText(texts),
            text_to_speech=FakeVoice(),
            assistant=assistant,
            new_detector=Loudness,
            observer=records,
            now=now,
            utc_now=lambda: AT,
        )
        settings = ConversationSettings(is_echo_cancelled=False, phrases=phrases or FixedPhrases())
        conversation = Conversation("c", line, empty_dialogue(), services=services, settings=settings, deeds=asked)

        async def beside() -> None:
            for second, event in (events or {}).items():
                await asyncio.sleep(100.0 + second - now())
                await conversation.happened(event)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(line.caller(*parts))
            tasks.create_task(beside())
            await conversation.run()
        return Played(asked, records, assistant)

    return run_virtually(main())


def test_a_hand_over_happens_after_its_announcement() -> None:
    """The human is told the reason and what is known; meanwhile nobody is answered."""
    reply = (UpdateClaim("place", "Boston"), Say("I am connecting you now."), TransferCall("billing"))
    played = play(
        *ASKS, ("waits", 5_000), ("speaks", 1_000), ("waits", 5_000), texts=("A human.", "Hello?"), reply=reply
    )
    ((at, what),) = played.asked.all
    assert what == ("transfer", {"CallId": "c", "Reason": "billing", "Claim": "place: Boston"})
    assert at > 3.7, "three seconds of the caller, and five words of ours"
    assert played.said[-1] == "I am connecting you now."
    assert [utterance for utterance, _ in played.assistant.asked] == ["A human."]


def test_a_human_who_is_looked_for_and_found() -> None:
    """Meanwhile the caller is with the assistant; they hear who takes over before they are handed over again."""
    reply = (Say("I am connecting you now."), TransferCall("billing"))
    played = play(
        *ASKS,
        ("waits", 20_000),
        texts=("A human.",),
        reply=reply,
        events={6.0: CallerTakenBack(Announcement.HUMAN_SOUGHT), 6.1: HandOverAsked("Ann", may_wait=True)},
    )
    assert played.said[-2:] == [FixedPhrases().human_sought, "Ann takes over now."]
    assert len(played.asked.all) == 2


def test_the_assistant_goes_on_when_nobody_was_reached() -> None:
    """It says so, and listens again."""
    reply = (Say("I am connecting you now."), TransferCall())
    played = play(
        *ASKS,
        ("waits", 12_000),
        *(("speaks", 1_000), ("waits", 3_000)),
        texts=("A human.", "All right."),
        reply=reply,
        events={8.0: CallerTakenBack(Announcement.NOT_REACHED)},
    )
    assert FixedPhrases().not_reached in played.said
    assert [utterance for utterance, _ in played.assistant.asked] == ["A human.", "All right."]


def test_a_text_message_is_sent_when_its_reply_is_heard() -> None:
    """And when it cannot be sent, the caller is told."""
    reply = (SendSms("AB 12"), Say("I am sending it to you now."))
    played = play(
        *ASKS,
        ("waits", 12_000),
        texts=("Send it.",),
        reply=reply,
        events={9.0: AnnouncementDue(Announcement.SMS_NOT_SENT)},
    )
    ((at, what),) = played.asked.all
    assert what == ("sms", "AB 12")
    assert at > 3.7
    assert played.said[-1] == FixedPhrases().sms_not_sent


def test_nothing_is_sent_that_was_not_heard() -> None:
    """The caller goes on speaking before the reply can be heard: it never was."""
    reply = (SendSms("AB 12"), Say("I am sending it to you now."))
    played = play(*ASKS, ("waits", 600), ("speaks", 1_000), ("waits", 3_000), texts=("Send it", "no."), reply=reply)
    assert [what for _, what in played.asked.all] == []


def test_what_the_caller_has_written_is_answered_by_voice() -> None:
    """It is part of the dialogue, and not kept a second time."""
    played = play(
        ("waits", 8_000),
        reply=(Say("Thank you for the number."),),
        events={3.0: MessageReceived("AB 12")},
    )
    assert [utterance for utterance, _ in played.assistant.asked] == ["AB 12"]
    assert played.said[-1] == "Thank you for the number."
    assert played.records.of(CallerHeard) == []


def test_a_recording_is_announced_before_the_greeting() -> None:
    """From the moment when that was heard, it may begin."""
    played = play(("waits", 6_000), phrases=FixedPhrases(recording_notice="This call is recorded."))
    assert played.said[0] == "This call is recorded. Hello there."
    ((at, what),) = played.asked.all
    assert what == "recording"
    assert at > 0.5


def test_who_attends_a_call_is_there_as_long_as_it_lasts() -> None:
    """From before the greeting to the end."""

    async def main() -> Attending:
        now, records = asyncio.get_running_loop().time, Records()
        line, attending = FakeLine(now), Attending(records)
        services = Services(
            speech_to_text=FakeSpeechToText(),
            text_to_speech=FakeVoice(),
            assistant=FakeAssistant(),
            new_detector=Loudness,
            observer=records,
            now=now,
            utc_now=lambda: AT,
            attendant=attending,
        )
        settings = ConversationSettings(is_echo_cancelled=False)
        conversation = Conversation("c", line, empty_dialogue(), services=services, settings=settings)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(line.caller(("waits", 3_000)))
            await conversation.run()
        return attending

    attending = run_virtually(main())
    assert attending.calls == ["c"]
    assert attending.said_at_end == ["Hello there."]
