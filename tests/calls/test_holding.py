"""Holding a conversation over any line, on a clock that jumps. Over sockets it is seen in test_media_socket."""

import asyncio
from collections.abc import AsyncIterator

from agent.assistant import EndCall, Output, Say
from agent.dialogue import Dialogue
from calls.events import EndReason
from calls.holding import hold, names_of
from calls.session import CallSession, KeyPressed
from media.line import AudioReceived, Line, LineOpened
from pipeline.conversation import Conversation, ConversationSettings, Services
from pipeline.records import ConversationEnded
from tests.support.fakes import FakeAssistant, FakeLine, FakeSpeechToText, FakeVoice, Loudness, empty_dialogue
from tests.support.jumping_time import on_jumping_time
from tests.support.telephone import NOW, Notes


class HungUp:
    """Deeds of a call that can only be ended."""

    def __init__(self) -> None:
        self.reasons: list[EndReason] = []

    def hang_up(self, reason: EndReason) -> None:
        self.reasons.append(reason)

    def transfer(self, *_: object) -> None: ...

    def send_sms(self, *_: object) -> None: ...

    def call_for_help(self, *_: object) -> None: ...

    def recording_announced(self) -> None: ...


class Farewell(FakeAssistant):
    """Greets and hangs up."""

    async def greet(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Two words, and the end."""
        yield Say("Good bye.")
        yield EndCall()


class Holding:
    """One call that is held."""

    def __init__(self, assistant: FakeAssistant) -> None:
        self.deeds, self.notes, self.assistant = HungUp(), Notes(), assistant
        self.line = FakeLine(asyncio.get_running_loop().time)
        self.session = CallSession(call_id="c", caller_number="", called_number="", deeds=self.deeds)
        self.session.recalled.set()
        self.was_carried = False

    def converse(self, session: CallSession, line: Line) -> Conversation:
        """With stand-ins for the services."""
        services = Services(
            speech_to_text=FakeSpeechToText(()),
            text_to_speech=FakeVoice(),
            assistant=self.assistant,
            new_detector=Loudness,
            observer=self.notes,
            now=asyncio.get_running_loop().time,
            utc_now=lambda: NOW,
        )
        settings = ConversationSettings(is_echo_cancelled=False)
        return Conversation("c", line, empty_dialogue(), services=services, settings=settings)

    async def carry(self) -> None:
        """Silence, until the line is closed."""
        self.line.put(LineOpened(16_000))
        while not self.line.is_closed:
            await asyncio.sleep(0.02)
            self.line.put(AudioReceived(bytes(640)))
        self.was_carried = True

    async def run(self) -> None:
        """To its end."""
        async with asyncio.timeout(600):
            await hold(self.session, self.converse, self.line, self.carry)

    @property
    def ended(self) -> list[str]:
        """How the conversation ended."""
        return [record.reason for record in self.notes.records if isinstance(record, ConversationEnded)]


@on_jumping_time
async def test_an_assistant_that_ends_the_call_hangs_up() -> None:
    """When its conversation is over, and its line is closed."""
    call = Holding(Farewell())
    await call.run()
    assert (call.ended, call.deeds.reasons) == (["assistant_hung_up"], [EndReason.ASSISTANT_HUNG_UP])
    assert call.line.is_closed
    assert call.was_carried


@on_jumping_time
async def test_call_control_ends_the_conversation() -> None:
    """For its own reason; nobody need hang up then."""
    call = Holding(FakeAssistant())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.run())
        await asyncio.sleep(5)
        assert call.session.tell(KeyPressed("5"))
        call.session.end(EndReason.DRAINED)
    assert (call.ended, call.deeds.reasons) == (["drained"], [])


def test_an_error_is_told_by_its_class() -> None:
    """Those of a group, too; what they say may have been said by a caller."""
    assert names_of(ValueError("Robert Miller")) == "ValueError"
    assert names_of(ExceptionGroup("x", [KeyError("a"), OSError("b")])) == "KeyError+OSError"
