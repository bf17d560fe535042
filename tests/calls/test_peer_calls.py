"""Calls over real WebRTC connections: admission, what ends them, and that nothing is left of them."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace

import pytest

from agent.assistant import EndCall, Output, Say
from agent.dialogue import Dialogue
from calls.errors import CannotPlace
from calls.handover import TakeBackReason
from calls.initiate import CallInitiate
from calls.lifecycle import Deadlines
from calls.live import LiveCalls
from calls.peer_calls import PeerCalls
from calls.session import CallSession, TakenBack
from calls.settings import LiveCallsSettings
from media.errors import BadOffer
from media.line import Line
from media.webrtc_peer import PeerSettings
from pipeline.conversation import Conversation, ConversationSettings, Services
from pipeline.records import CallerHeard, ConversationEnded, StageFailed
from stores.records import Direction
from tests.support.fakes import FakeAssistant, FakeSpeechToText, FakeVoice, Loudness, empty_dialogue, loud
from tests.support.telephone import NOW, FakeControl, Notes
from tests.support.webrtc_caller import WebRtcCaller

SETTINGS = LiveCallsSettings(
    public_url="http://bot.example", max_calls=2, is_recorded_by_service=True, hold_audio_url="http://x.example/a.wav"
)
ABOUT = CallInitiate(bot_name="Amelia", agent_phone_number="+12025550143")


class Farewell(FakeAssistant):
    """Greets and hangs up."""

    async def greet(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Two words, and the end."""
        yield Say("Good bye.")
        yield EndCall()


@dataclass
class Site:
    """What takes the calls, and what becomes of them."""

    peer_calls: PeerCalls
    live: LiveCalls
    control: FakeControl
    notes: Notes

    async def taken(self, caller: WebRtcCaller) -> None:
        """Let a caller be taken."""
        caller.call_id, answer = await self.peer_calls.take(await caller.offer(), ABOUT)
        await caller.accept(answer)

    def ended(self, call_id: str) -> str | None:
        """Why a call ended; None while it goes on."""
        return next((reason for ended, reason in self.notes.ended if ended == call_id), None)


@dataclass
class Converse:
    """Makes conversations with stand-ins for the services; the first ``broken`` of them raise as soon as they run."""

    notes: Notes
    assistant: FakeAssistant = field(default_factory=FakeAssistant)
    broken: int = 0

    def __call__(self, session: CallSession, line: Line) -> Conversation:
        clock = asyncio.get_running_loop().time
        services = Services(
            speech_to_text=FakeSpeechToText(("In the kitchen.",), delay_s=0.0),
            text_to_speech=FakeVoice(delay_s=0.0),
            assistant=self.assistant,
            new_detector=Loudness,
            observer=self.notes,
            now=clock,
            utc_now=lambda: NOW,
        )
        self.broken -= 1
        if self.broken >= 0:
            services = replace(services, new_detector=a_bug)
        settings = ConversationSettings(is_echo_cancelled=False)
        return Conversation(session.call_id, line, empty_dialogue(), services=services, settings=settings)


def a_bug() -> Loudness:
    """Raises what quotes a caller."""
    raise KeyError("Robert Miller said that he lives in Boston")


@contextlib.asynccontextmanager
async def site(
    *,
    assistant: FakeAssistant | None = None,
    broken: int = 0,
    settings: LiveCallsSettings = SETTINGS,
    vanished_after_ms: int = 60_000,
    most_at_once: int = 32,
) -> AsyncIterator[Site]:
    """Calls are taken; afterwards nothing of them is left."""
    before = asyncio.all_tasks()
    control, notes, clock = FakeControl(), Notes(), asyncio.get_running_loop().time
    converse = Converse(notes, assistant or FakeAssistant(), broken)
    async with asyncio.timeout(60):
        async with (
            LiveCalls(control, notes, notes, settings, clock=clock, utc_now=lambda: NOW) as live,
            PeerCalls(
                live,
                converse,
                PeerSettings(vanished_after_ms=vanished_after_ms),
                most_at_once=most_at_once,
                now=clock,
            ) as peer_calls,
        ):
            yield Site(peer_calls, live, control, notes)
        await until(lambda: asyncio.all_tasks() <= before)
    assert (control.answers, control.hung_up, control.transfers, control.recordings, control.plays) == ([],) * 5


@contextlib.asynccontextmanager
async def a_caller(here: Site) -> AsyncIterator[WebRtcCaller]:
    """A caller who is taken, and listens."""
    caller = WebRtcCaller()
    try:
        async with asyncio.TaskGroup() as tasks:
            await here.taken(caller)
            listening = tasks.create_task(caller.listen())
            yield caller
            await caller.hang_up()
            listening.cancel()
    finally:
        await caller.hang_up()


async def until(condition: Callable[[], object]) -> None:
    """Wait until it is so."""
    while not condition():
        await asyncio.sleep(0.005)


async def test_a_call_like_any_other() -> None:
    """It is answered, greeted, heard, recorded and ended; the telephone service is asked for nothing."""
    async with site() as here:
        async with a_caller(here) as caller:
            await caller.hears(above=1_000)
            assert here.live.live_ids == {caller.call_id}
            session = here.peer_calls.session(caller.call_id)
            assert session is not None
            session.recording_announced()
            caller.mouth.say(loud(600))
            await until(lambda: [each for each in here.notes.records if isinstance(each, CallerHeard)])
            assert here.peer_calls.end(caller.call_id)
            await caller.ended.wait()
        await until(lambda: here.live.live_count == 0)
        assert here.peer_calls.session(caller.call_id) is None
        assert here.peer_calls.end(caller.call_id)
        assert not here.peer_calls.end("unknown")
    (kept,) = here.notes.started
    assert (kept.call_id, kept.direction, kept.phone_number) == (caller.call_id, Direction.INBOUND, "")
    assert here.ended(caller.call_id) == "caller_hung_up"
    assert [each.reason for each in here.notes.records if isinstance(each, ConversationEnded)] == ["caller_hung_up"]


async def test_a_page_that_is_left_hangs_up() -> None:
    """The connection says goodbye: that is enough."""
    async with site() as here:
        async with a_caller(here) as caller:
            await caller.hears(above=1_000)
        await until(lambda: here.live.live_count == 0)
    assert here.ended(caller.call_id) == "caller_hung_up"


async def test_who_vanishes_is_lost() -> None:
    """Without a word, and without a packet."""
    async with site(vanished_after_ms=700) as here, a_caller(here) as caller:
        await caller.hears(above=1_000)
        caller.vanish()
        await until(lambda: here.live.live_count == 0)
    assert here.ended(caller.call_id) == "line_lost"


async def test_the_assistant_hangs_up() -> None:
    """When its last words have been heard."""
    async with site(assistant=Farewell()) as here:
        async with a_caller(here) as caller:
            await caller.hears(above=1_000)
            await caller.ended.wait()
        await until(lambda: here.live.live_count == 0)
    assert here.ended(caller.call_id) == "assistant_hung_up"


async def test_nobody_is_taken_beyond_the_limit_or_while_the_server_stops() -> None:
    """The third of two is refused before anything is opened; so is everybody once calls are drained."""
    async with site() as here, a_caller(here), a_caller(here):
        await refused(here, CannotPlace.Reason.FULL)
        assert await here.live.drain(0.0) == 2
        await refused(here, CannotPlace.Reason.CLOSED)
    assert {reason for _, reason in here.notes.ended} == {"drained"}


async def refused(here: Site, reason: CannotPlace.Reason) -> None:
    """An offer that is not taken now."""
    caller = WebRtcCaller()
    offer = await caller.offer()
    with pytest.raises(CannotPlace) as refusal:
        await here.peer_calls.take(offer, ABOUT)
    await caller.hang_up()
    assert refusal.value.reason is reason


@pytest.mark.parametrize(("max_calls", "most_at_once"), [(1, 32), (2, 1)])
async def test_two_want_the_last_place(max_calls: int, most_at_once: int) -> None:
    """While one is being answered, or both are, one is taken: the other is refused, and closed."""
    async with site(settings=replace(SETTINGS, max_calls=max_calls), most_at_once=most_at_once) as here:
        offers = [(caller := WebRtcCaller(), await caller.offer()) for _ in range(2)]
        outcomes: list[str] = []

        async def offer(sdp: str) -> None:
            try:
                await here.peer_calls.take(sdp, ABOUT)
                outcomes.append("taken")
            except CannotPlace as error:
                outcomes.append(error.reason.name)

        async with asyncio.TaskGroup() as tasks:
            for _, sdp in offers:
                tasks.create_task(offer(sdp))
        assert sorted(outcomes) == ["FULL", "taken"]
        for caller, _ in offers:
            await caller.hang_up()


async def test_an_offer_that_cannot_be_taken() -> None:
    """It is no call: nothing is kept, and no place is taken."""
    async with site() as here:
        with pytest.raises(BadOffer):
            await here.peer_calls.take("v=0", ABOUT)
        assert here.live.live_count == 0
    assert here.notes.started == []


async def test_nobody_connects() -> None:
    """Whoever takes the answer and never comes gives the place back after a moment."""
    settings = replace(SETTINGS, deadlines=Deadlines(first_media_s=0.3))
    async with site(settings=settings) as here:
        caller = WebRtcCaller()
        call_id, _ = await here.peer_calls.take(await caller.offer(), ABOUT)
        await until(lambda: here.live.live_count == 0)
        await caller.hang_up()
    assert here.ended(call_id) == "no_media"


async def test_a_call_can_be_ended_before_it_is_connected() -> None:
    """By the page that has begun it."""
    async with site() as here:
        caller = WebRtcCaller()
        call_id, _ = await here.peer_calls.take(await caller.offer(), ABOUT)
        await until(lambda: here.notes.started)
        assert here.peer_calls.end(call_id)
        await until(lambda: here.peer_calls.session(call_id) is None)
        await caller.hang_up()
    assert here.ended(call_id) == "caller_hung_up"


async def test_a_bug_in_one_call_is_not_the_others(caplog: pytest.LogCaptureFixture) -> None:
    """It ends that call alone, and its text, which may quote a caller, is nowhere."""
    caplog.set_level(logging.ERROR)
    async with site(broken=1) as here, a_caller(here) as unlucky:
        await until(lambda: here.ended(unlucky.call_id))
        async with a_caller(here) as other:
            await other.hears(above=1_000)
    assert here.ended(unlucky.call_id) == "failed"
    assert "KeyError" in caplog.text
    assert "Boston" not in caplog.text


async def test_nobody_can_be_reached_from_a_browser() -> None:
    """A hand-over fails, is reported, and the caller is taken back; a colleague is to call."""
    async with site() as here, a_caller(here) as caller:
        session = here.peer_calls.session(caller.call_id)
        assert session is not None
        await caller.hears(above=1_000)
        told = []
        tell = session.tell
        session.tell = lambda notice: told.append(notice) or tell(notice)  # type: ignore[func-returns-value,method-assign]
        session.request_transfer({})
        await until(lambda: told)
    assert told == [TakenBack(TakeBackReason.NOT_REACHED)]
    assert [each.stage for each in here.notes.records if isinstance(each, StageFailed)] == ["transfer"]
    assert len(here.notes.reminders) == 1
