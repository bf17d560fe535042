"""The media socket, over real sockets: who gets in, what ends it, and what a bug in one call does to the others."""

import asyncio
import base64
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from agent.assistant import Assistant, EndCall, Output, Say
from agent.dialogue import Dialogue
from calls.callbacks import CallConnected, CallDisconnected
from calls.doors import Door, Refusal, Refusals
from calls.lifecycle import Deadlines
from calls.live import LiveCalls
from calls.media_socket import media_routes
from calls.session import CallSession
from calls.settings import LiveCallsSettings
from calls.token_door import TokenDoor
from media.line import Line
from pipeline.conversation import Conversation, ConversationSettings, Services
from pipeline.records import AssistantSaid, CallAnswered, CallerHeard, ConversationEnded
from tests.support.fakes import FakeAssistant, FakeSpeechToText, FakeVoice, Loudness, empty_dialogue, loud
from tests.support.serving import serving
from tests.support.telephone import NOW, FakeControl, Notes, ringing

SETTINGS = LiveCallsSettings(
    # Nobody here plays the service that would say CallDisconnected: an ended call is soon forgotten.
    public_url="http://bot.example",
    deadlines=Deadlines(first_media_s=60.0, resume_media_s=0.05, disconnect_s=0.05),
)
METADATA = json.dumps({"kind": "AudioMetadata", "audioMetadata": {"encoding": "PCM", "sampleRate": 16_000}})


class Farewell(FakeAssistant):
    """Greets and hangs up."""

    async def greet(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Two words, and the end."""
        yield Say("Good bye.")
        yield EndCall()


@dataclass
class Site:
    """A server of media sockets, and the telephone service behind it."""

    address: str
    live: LiveCalls
    control: FakeControl
    notes: Notes
    refusals: Refusals

    async def answered(self, number: int = 1) -> tuple[str, str]:
        """A call that is up and waits for its socket; its id and secret."""
        before = len(self.control.answers)
        self.live.incoming(ringing(number))
        await until(lambda: len(self.control.answers) > before)
        call_id, secret = self.control.address()
        self.live.callback(call_id, secret, [CallConnected(f"conn-{call_id}")])
        return call_id, secret

    def open(self, call_id: str, secret: str) -> connect:
        """Connect as the service does; to be used as a context."""
        url = f"ws://{self.address}/media/{call_id}/{secret}"
        return connect(url, compression=None, proxy=None, max_queue=None)  # what is not read must not hold up the close

    def ended(self, call_id: str) -> str | None:
        """Why the conversation of a call ended; None while it goes on."""
        records = [record for record in self.notes.records if isinstance(record, ConversationEnded)]
        return next((record.reason for record in records if record.call_id == call_id), None)

    def recorded(self, call_id: str) -> str | None:
        """Why the call itself ended; None while it goes on."""
        return next((reason for ended, reason in self.notes.ended if ended == call_id), None)


@dataclass
class Converse:
    """Makes conversations; those of ``broken`` numbers raise as soon as they run."""

    notes: Notes
    assistant: Assistant = field(default_factory=FakeAssistant)
    texts: tuple[str, ...] = ()
    breaks: bool = False
    made: int = 0

    def __call__(self, session: CallSession, line: Line) -> Conversation:
        """One conversation with stand-ins for the services."""
        self.made += 1
        clock = asyncio.get_running_loop().time
        services = Services(
            speech_to_text=FakeSpeechToText(self.texts, delay_s=0.0),
            text_to_speech=FakeVoice(delay_s=0.0),
            assistant=self.assistant,
            new_detector=Loudness,
            observer=self.notes,
            now=clock,
            utc_now=lambda: NOW,
        )
        if self.breaks:
            services = replace(services, new_detector=broken)
        # Both sides make the same sound here: it would be taken for an echo.
        settings = ConversationSettings(is_echo_cancelled=False)
        return Conversation(session.call_id, line, empty_dialogue(), services=services, settings=settings)


def broken() -> Loudness:
    """A bug."""
    raise KeyError("Robert Miller said that he lives in Boston")


async def until(condition: Callable[[], object]) -> None:
    """Wait until it is so; what it waits for takes milliseconds."""
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def site(
    converse: Converse | None = None,
    settings: LiveCallsSettings = SETTINGS,
    *,
    token_door: TokenDoor | None = None,
) -> AsyncIterator[Site]:
    """The route on a real server; by default with conversations that greet and listen."""
    control = FakeControl(answer_takes_s=0.0)
    notes = converse.notes if converse else Notes()
    clock = asyncio.get_running_loop().time
    async with LiveCalls(control, notes, notes, settings, clock=clock, utc_now=lambda: NOW) as live:
        refusals = Refusals()
        routes = media_routes(live, converse or Converse(notes), token_door=token_door, refusals=refusals)
        app = Starlette(routes=routes)
        async with serving(app) as address:
            yield Site(address, live, control, notes, refusals)


async def next_audio(socket: ClientConnection) -> bytes:
    """The next sound that the server sends."""
    async with asyncio.timeout(30):
        while True:
            message = json.loads(await socket.recv())
            if message["Kind"] == "AudioData":
                return base64.b64decode(message["AudioData"]["Data"])


async def closed(socket: ClientConnection) -> None:
    """Read until the server closes."""
    async with asyncio.timeout(30):
        with contextlib.suppress(ConnectionClosed):
            while True:
                await socket.recv()


def audio(pcm: bytes) -> str:
    """20 ms of the caller, as the service writes them."""
    return json.dumps({"kind": "AudioData", "audioData": {"data": base64.b64encode(pcm).decode(), "silent": False}})


async def refusal(site: Site, call_id: str, secret: str) -> int:
    """The HTTP status with which a socket is refused."""
    with pytest.raises(InvalidStatus) as refused:
        async with site.open(call_id, secret):
            pass
    return refused.value.response.status_code


async def test_nobody_gets_in_without_the_secret_of_a_call_that_is_up() -> None:
    """A wrong secret, an unknown call and an ended one are refused alike, before the socket is accepted."""
    async with site() as here:
        call_id, secret = await here.answered()
        _, other_secret = await here.answered(2)
        assert await refusal(here, call_id, "wrong") == 403
        assert await refusal(here, call_id, other_secret) == 403
        assert await refusal(here, "unknown", secret) == 403
        here.live.callback(call_id, secret, [CallDisconnected("")])
        assert await refusal(here, call_id, secret) == 403
        assert [record for record in here.notes.records if not isinstance(record, CallAnswered)] == []


async def test_a_call_is_greeted_heard_and_answered() -> None:
    """The caller's frames reach the conversation, and its voice reaches the caller."""
    notes = Notes()
    async with site(Converse(notes, texts=("In the kitchen.",))) as here:
        call_id, secret = await here.answered()
        async with here.open(call_id, secret) as socket:
            await socket.send(METADATA)
            greeting = await next_audio(socket)
            assert len(greeting) == 640
            assert np.abs(np.frombuffer(greeting, dtype="<i2").astype(int)).max() > 1_000
            await until(lambda: [record for record in notes.records if isinstance(record, AssistantSaid)])
            async with asyncio.TaskGroup() as tasks:
                caller = tasks.create_task(speak_and_wait(socket))
                await until(lambda: finals(notes))
                await next_audio(socket)
                caller.cancel()
        await until(lambda: here.ended(call_id))
    assert [(record.call_id, record.text) for record in finals(notes)] == [(call_id, "In the kitchen.")]


def finals(notes: Notes) -> list[CallerHeard]:
    """What the caller has said, as it is remembered."""
    return [record for record in notes.records if isinstance(record, CallerHeard) and record.is_final]


async def speak_and_wait(socket: ClientConnection) -> None:
    """A second of speech, then silence for ever, at the pace of a telephone."""
    frames = 0
    while True:
        await socket.send(audio(loud(20) if frames < 50 else bytes(640)))
        frames += 1
        await asyncio.sleep(0.02)


async def test_an_assistant_that_ends_the_call_hangs_up() -> None:
    """The last word is sent, then the service is asked to end the call, and the socket closes."""
    notes = Notes()
    async with site(Converse(notes, assistant=Farewell())) as here:
        call_id, secret = await here.answered()
        async with here.open(call_id, secret) as socket:
            await socket.send(METADATA)
            await next_audio(socket)
            await closed(socket)
        await until(lambda: here.control.hung_up)
        assert here.control.hung_up == [f"conn-{call_id}"]
        assert here.ended(call_id) == "assistant_hung_up"
        await until(lambda: here.recorded(call_id))
        assert here.recorded(call_id) == "assistant_hung_up"


async def test_a_caller_who_closes_ends_the_conversation() -> None:
    """Call control learns that the socket is gone, waits for another, and gives the call up."""
    async with site() as here:
        call_id, secret = await here.answered()
        async with here.open(call_id, secret) as socket:
            await socket.send(METADATA)
            await next_audio(socket)
            assert here.live.live_count == 1
        await until(lambda: here.ended(call_id))
        assert here.ended(call_id) == "line_lost"
        await until(lambda: here.recorded(call_id))
        assert here.recorded(call_id) == "line_lost"
        assert here.control.hung_up == [f"conn-{call_id}"]
        assert here.live.live_count == 0


PATIENT = replace(SETTINGS, deadlines=Deadlines(first_media_s=60.0, resume_media_s=30.0, disconnect_s=0.05))


async def test_a_second_socket_carries_the_call_on() -> None:
    """After a drop the call goes on over another socket: greeted once, the rest of it heard, answered as before."""
    notes = Notes()
    assistant = FakeAssistant(greeting="Hello there, this is a greeting of some length.")
    converse = Converse(notes, assistant=assistant, texts=("In the kitchen.",))
    async with site(converse, PATIENT) as here:
        call_id, secret = await here.answered()
        async with here.open(call_id, secret) as first:
            await first.send(METADATA)
            for _ in range(5):
                await next_audio(first)
            first.transport.abort()
        session = here.live.session_with("+15550001111")
        assert session is not None
        async with here.open(call_id, secret) as second:
            assert session.sockets_opened == 2
            await second.send(METADATA)
            await next_audio(second)
            await until(lambda: said(notes))
            assert said(notes) == ["Hello there, this is a greeting of some length."]
            async with asyncio.TaskGroup() as tasks:
                caller = tasks.create_task(speak_and_wait(second))
                await until(lambda: finals(notes))
                await next_audio(second)
                caller.cancel()
            assert here.ended(call_id) is None
            here.live.callback(call_id, secret, [CallDisconnected("")])
            await closed(second)
        await until(lambda: here.ended(call_id))
    assert [record.text for record in finals(notes)] == ["In the kitchen."]
    assert converse.made == 1
    assert here.recorded(call_id) == "caller_hung_up"


async def test_a_socket_takes_the_place_of_one_that_hangs() -> None:
    """The old one is closed, and its end is no end of the call."""
    notes = Notes()
    async with site(Converse(notes, assistant=FakeAssistant(greeting="Hello " * 50)), PATIENT) as here:
        call_id, secret = await here.answered()
        async with here.open(call_id, secret) as old:
            await old.send(METADATA)
            await next_audio(old)
            async with here.open(call_id, secret) as new:
                await closed(old)
                assert await next_audio(new)
                assert here.ended(call_id) is None
                assert here.live.live_count == 1
                here.live.callback(call_id, secret, [CallDisconnected("")])
                await closed(new)


def said(notes: Notes) -> list[str]:
    """What the assistant has said and the caller has heard."""
    return [record.text for record in notes.records if isinstance(record, AssistantSaid)]


async def test_call_control_ends_the_conversation() -> None:
    """The service says that the call is over: the socket is closed, and nobody is asked to hang up."""
    async with site() as here:
        call_id, secret = await here.answered()
        async with here.open(call_id, secret) as socket:
            await socket.send(METADATA)
            await next_audio(socket)
            here.live.callback(call_id, secret, [CallDisconnected("")])
            await closed(socket)
            assert socket.close_code == 1000
        await until(lambda: here.ended(call_id))
        assert here.ended(call_id) == "caller_hung_up"
        assert here.control.hung_up == []


async def test_call_control_ends_a_conversation_that_nobody_has_opened() -> None:
    """A socket on which nothing was ever said is closed as well when the call is over."""
    async with site() as here:
        call_id, secret = await here.answered()
        async with here.open(call_id, secret) as socket:
            here.live.callback(call_id, secret, [CallDisconnected("")])
            await closed(socket)


async def test_a_bug_in_one_call_is_its_own(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged by its class alone, its call is hung up as failed, and another call goes on."""
    notes = Notes()
    converse = Converse(notes)
    async with site(converse) as here:
        good_id, good_secret = await here.answered(1)
        bad_id, bad_secret = await here.answered(2)
        async with here.open(good_id, good_secret) as good:
            await good.send(METADATA)
            await next_audio(good)
            converse.breaks = True
            with caplog.at_level(logging.ERROR):
                async with here.open(bad_id, bad_secret) as bad:
                    await bad.send(METADATA)
                    await closed(bad)
                await until(lambda: here.recorded(bad_id))
            assert here.recorded(bad_id) == "failed"
            assert here.control.hung_up == [f"conn-{bad_id}"]
            assert here.ended(good_id) is None
            await good.send(audio(loud(20)))
            assert await next_audio(good)
    (line,) = [entry.getMessage() for entry in caplog.records]
    assert line == f"event=conversation_failed call_id={bad_id} error=KeyError"
    assert "Boston" not in caplog.text


async def test_no_task_is_left() -> None:
    """After all calls and the server have ended, what runs is what ran before."""
    before = asyncio.all_tasks()
    async with site() as here:
        call_id, secret = await here.answered()
        async with here.open(call_id, secret) as socket:
            await socket.send(METADATA)
            await next_audio(socket)
    assert asyncio.all_tasks() == before


class LastWord(TokenDoor):
    """Finds every token good, after the call has ended meanwhile."""

    def __init__(self) -> None:
        self.end_call: Callable[[], object] = lambda: None

    async def check(self, authorization: Sequence[str]) -> None:
        """Let the call end, then say yes."""
        self.end_call()


async def test_a_call_that_ends_while_its_token_is_checked() -> None:
    """Its socket is refused before it is accepted, by its own reason."""
    door = LastWord()
    async with site(token_door=door) as here:
        call_id, secret = await here.answered()
        door.end_call = lambda: here.live.callback(call_id, secret, [CallDisconnected(f"conn-{call_id}")])
        with pytest.raises(InvalidStatus, match="403"):
            async with here.open(call_id, secret):
                pass
        assert +here.refusals.counts == {(Door.MEDIA_SOCKET, Refusal.CALL_ENDED): 1}
        assert [type(record) for record in here.notes.records] == [CallAnswered], "no conversation began"
