"""Whole conversations in which tools take long, and help is called for. On a virtual clock."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from agent.character import Character
from agent.chat import ChatDelta, Finished, FinishReason, TextDelta, ToolCall, ToolResult
from agent.facts import EmergencyNotice
from agent.model_led import ModelAssistant
from agent.openers import OpenerTexts
from agent.tools.notify_emergencies import NotifyEmergenciesTool
from media.playout import Word
from pipeline.conversation import Conversation, ConversationSettings, Services
from pipeline.ending import EndingSettings
from pipeline.phrases import PhraseBook
from pipeline.records import AssistantSaid, ReplyPrepared, ToolCalled
from pipeline.speak import SpokenPiece
from pipeline.turn_settings import TurnSettings
from tests.support.fakes import (
    AT,
    FakeLine,
    FakeSpeechToText,
    FakeVoice,
    Loudness,
    Records,
    empty_dialogue,
    loud,
)
from tests.support.jumping_time import run_virtually
from tests.support.scripted_chat import ScriptedChat

ARGUMENTS = '{"service": "fire", "location": "4 Elm Street", "contact": "Ann", "reason": "smoke"}'
NOTICE = EmergencyNotice("fire", "4 Elm Street", "Ann", "smoke")
HELP = ToolCall("call_1", "notify_emergencies", ARGUMENTS)
STOP, CALLS = Finished(FinishReason.STOP), Finished(FinishReason.TOOL_CALLS)
FIRE = "There is a fire at four Elm Street."
ASKS = (("waits", 2_000), ("speaks", 1_000))
THEY_KNOW: list[ChatDelta] = [TextDelta("They were told."), STOP]


def book() -> PhraseBook:
    """Fillers of 600 ms: as a server has spoken them before its first call."""
    pieces = {text: SpokenPiece(loud(600), (Word(text, 9_600),), 0) for text in OpenerTexts().filler}
    return PhraseBook(pieces)


class Undecided:
    """Takes every text for one that may be whole: worth preparing for, and worth a wait."""

    def finished(self, text: str, language: str = "") -> float:
        return 0.5


@dataclass
class Help:
    """Somebody who helps, so long after being asked, or nobody: satisfies ``Deeds``."""

    answers_after_s: float = 0.0
    is_there: bool = True
    asked: list[tuple[float, EmergencyNotice]] = field(default_factory=list)
    transfers: list[tuple[str, str]] = field(default_factory=list)

    def request_transfer(self, context: Mapping[str, str], number: str = "") -> None:
        self.transfers.append((number, context["Reason"]))

    def request_sms(self, text: str) -> None:
        pass

    def request_help(self, notice: EmergencyNotice, answer: Callable[[bool], None]) -> None:
        loop = asyncio.get_running_loop()
        self.asked.append((loop.time() - 100.0, notice))
        loop.call_later(self.answers_after_s, answer, self.is_there)

    def recording_announced(self) -> None:
        pass


@dataclass
class Played:
    """A call that was played to its end."""

    help: Help
    chat: ScriptedChat
    records: Records
    line: FakeLine

    @property
    def said(self) -> list[str]:
        return [record.text for record in self.records.of(AssistantSaid)]

    def results(self, request: int) -> list[str]:
        """What tools had answered when the model was asked for that time."""
        return [each.text for each in self.chat.asked[request].messages if isinstance(each, ToolResult)]

    def heard_between(self, begins_s: float, ends_s: float) -> float:
        """So many seconds of that time our voice could be heard."""
        frames = [pcm for at, pcm in self.line.sent if begins_s <= at - 100.0 < ends_s and any(pcm)]
        return len(frames) * 0.02


def play(
    *parts: tuple[str, int],
    chat: ScriptedChat,
    helps: Help | None = None,
    texts: tuple[str, ...] = (FIRE,),
    number: str = "",
    turns: TurnSettings = TurnSettings(),  # noqa: B008 (frozen)
) -> Played:
    """Play a call with a model that follows a script."""

    async def main() -> Played:
        now = asyncio.get_running_loop().time
        line, there, records = FakeLine(now), helps or Help(), Records()
        tool = NotifyEmergenciesTool(has_helpline=True, number=number)
        assistant = ModelAssistant(chat, character=Character("Contoso", "Amelia"), tools=(tool,), clock=lambda: AT)
        services = Services(
            speech_to_text=FakeSpeechToText(texts),
            text_to_speech=FakeVoice(),
            assistant=assistant,
            new_detector=Loudness,
            observer=records,
            now=now,
            utc_now=lambda: AT,
            phrases=book(),
        )
        settings = ConversationSettings(is_echo_cancelled=False, turns=turns)
        conversation = Conversation("c", line, empty_dialogue(), services=services, settings=settings, deeds=there)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(line.caller(*parts))
            await conversation.run()
        return Played(there, chat, records, line)

    return run_virtually(main())


def test_help_is_called_once_the_turn_is_over_and_before_anything_is_heard() -> None:
    """The reply was prepared while the caller might have gone on; its call for help waited for the turn's end."""
    chat = ScriptedChat([HELP, CALLS], THEY_KNOW)
    played = play(*ASKS, ("waits", 5_000), chat=chat)
    assert [record.was_used for record in played.records.of(ReplyPrepared)] == [True]
    ((at, notice),) = played.help.asked
    assert notice == NOTICE
    assert at > 3.0, "the caller spoke until then"
    assert played.heard_between(3.0, at + 0.02) == 0.0
    assert played.said[-1] == "They were told."
    assert played.results(1)[0].startswith("Somebody was notified (fire).")
    (called,) = played.records.of(ToolCalled)
    assert (called.name, called.turn, called.result) == ("notify_emergencies", 1, "Somebody was notified.")


def test_a_reply_that_is_thrown_away_calls_nobody() -> None:
    """The caller had not finished: what was prepared for half a sentence is as if it had never been."""
    chat = ScriptedChat([HELP, CALLS], [TextDelta("Good that it is out."), STOP])
    texts, turns = ("There is a fire", "that is out."), TurnSettings(ending=EndingSettings(words=Undecided()))
    parts = (*ASKS, ("waits", 360), ("speaks", 800), ("waits", 4_000))
    played = play(*parts, chat=chat, texts=texts, turns=turns)
    assert [record.was_used for record in played.records.of(ReplyPrepared)] == [False, True]
    assert played.help.asked == []
    assert played.records.of(ToolCalled) == []
    assert played.said[-1] == "Good that it is out."


def test_a_later_round_of_a_prepared_reply_calls_for_help_too() -> None:
    """By then the turn is over, and nothing is left to be waited for."""
    chat = ScriptedChat([3.0, HELP, CALLS], THEY_KNOW)
    played = play(*ASKS, ("waits", 8_000), chat=chat)
    assert [record.was_used for record in played.records.of(ReplyPrepared)] == [True]
    assert [notice for _, notice in played.help.asked] == [NOTICE]
    assert played.said[-1].endswith("They were told.")


def test_what_was_said_is_spoken_while_help_is_called_and_the_wait_is_filled() -> None:
    """The words before the call are heard at once; 1.8 s after them comes a filler; then what became of it."""
    chat = ScriptedChat([TextDelta("I am calling for help."), HELP, CALLS], THEY_KNOW)
    played = play(*ASKS, ("waits", 12_000), chat=chat, helps=Help(answers_after_s=6.0))
    ((at, _),) = played.help.asked
    # Five words take half a second and a filler takes 600 ms: several of them fit, and no gap is longer than 2 s.
    assert played.heard_between(at, at + 1.0) >= 0.4
    for begins in (at, at + 2.0, at + 4.0):
        assert played.heard_between(begins, begins + 2.4) > 0.0, begins
    words = played.said[-1]
    assert words.startswith("I am calling for help. ")
    assert any(filler in words for filler in OpenerTexts().filler)
    assert words.endswith("They were told.")
    assert played.heard_between(at + 6.0, at + 7.5) > 0.0


def test_a_wait_before_the_first_word_is_filled_too() -> None:
    """A model that calls the tool without a word does not leave the caller in silence."""
    chat = ScriptedChat([HELP, CALLS], THEY_KNOW)
    played = play(*ASKS, ("waits", 12_000), chat=chat, helps=Help(answers_after_s=5.0))
    ((at, _),) = played.help.asked
    for begins in (at, at + 2.5):
        assert played.heard_between(begins, begins + 2.5) > 0.0, begins
    assert played.said[-1].endswith("They were told.")


@pytest.mark.parametrize("helps", [Help(is_there=False), Help(answers_after_s=3_600.0)])
def test_nobody_is_said_to_be_on_the_way_who_is_not(helps: Help) -> None:
    """Refused, or never answered: the model is told so in time, before the caller is apologised to."""
    chat = ScriptedChat([HELP, CALLS], [TextDelta("Please call them yourself."), STOP])
    played = play(*ASKS, ("waits", 16_000), chat=chat, helps=helps)
    assert "NOT confirmed" in played.results(1)[0]
    assert played.said[-1].endswith("Please call them yourself.")


def test_where_nobody_is_reached_the_caller_is_handed_over() -> None:
    """To the number that is configured, after the words that say so."""
    chat = ScriptedChat([HELP, CALLS], [TextDelta("I am connecting you."), STOP])
    played = play(*ASKS, ("waits", 8_000), chat=chat, helps=Help(is_there=False), number="+33155550112")
    assert played.help.transfers == [("+33155550112", "fire: 4 Elm Street. smoke")]
    assert played.said[-1].endswith("I am connecting you.")


def test_an_interruption_ends_the_wait() -> None:
    """The caller speaks over the reply that waits, and is answered anew; that help was called is noted all the same."""
    chat = ScriptedChat([TextDelta("I am calling for help."), HELP, CALLS], [TextDelta("Yes?"), STOP])
    parts = (*ASKS, ("waits", 2_200), ("speaks", 1_500), ("waits", 5_000))
    played = play(*parts, chat=chat, helps=Help(answers_after_s=8.0), texts=(FIRE, "Wait, it is Elm Road."))
    assert len(played.help.asked) == 1
    assert played.said[-1].endswith("Yes?")
    assert len(chat.asked) == 2
    (called,) = played.records.of(ToolCalled)
    assert called.result == "Somebody was notified."
