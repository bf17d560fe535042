"""Listening to a call, whispering into it and taking it over, over real connections on loopback."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from calls.errors import CannotSupervise
from calls.initiate import CallInitiate
from calls.listening_in import ListeningIn
from calls.live import LiveCalls
from calls.peer_calls import PeerCalls
from calls.session import CallSession
from calls.settings import LiveCallsSettings
from media.errors import BadOffer
from media.line import Line
from media.webrtc_peer import PeerSettings
from pipeline.conversation import Conversation, ConversationSettings, Services
from pipeline.records import AssistantSaid, CallerHeard, GivenBack, TakenOver, Whispered
from pipeline.reply import FixedPhrases
from tests.support.fakes import FakeAssistant, FakeSpeechToText, FakeVoice, Loudness, R, empty_dialogue, loud
from tests.support.telephone import NOW, FakeControl, Notes
from tests.support.webrtc_caller import WebRtcCaller
from tests.support.webrtc_supervisor import WebRtcSupervisor, supervisor

LIMIT_S = 60.0
Reason = CannotSupervise.Reason


@dataclass
class House:
    """A replica with calls from browsers, and who listens to them."""

    live: LiveCalls
    peers: PeerCalls
    listening: ListeningIn
    notes: Notes
    asked: FakeAssistant

    def of(self, kind: type[R]) -> list[R]:
        """The records of this class."""
        return [record for record in self.notes.records if isinstance(record, kind)]

    def heard(self) -> list[str]:
        """What the caller has said, in the end."""
        return [record.text for record in self.of(CallerHeard) if record.is_final]

    @contextlib.asynccontextmanager
    async def call(self) -> AsyncIterator[WebRtcCaller]:
        """A call whose greeting has been said."""
        caller = WebRtcCaller()
        try:
            async with asyncio.TaskGroup() as tasks:
                caller.call_id, answer = await self.peers.take(await caller.offer(), CallInitiate())
                await caller.accept(answer)
                hearing = tasks.create_task(caller.listen())
                await until(lambda: self.of(AssistantSaid))
                yield caller
                hearing.cancel()
        finally:
            await caller.connection.close()

    @contextlib.asynccontextmanager
    async def listener(self, call_id: str, *, has_microphone: bool = False) -> AsyncIterator[WebRtcSupervisor]:
        """Somebody who hears the call; its id is that of the listener."""
        async with supervisor(has_microphone=has_microphone) as who, asyncio.TaskGroup() as tasks:
            who.call_id, answer = await self.listening.listen(call_id, await who.offer())
            await who.accept(answer)
            hearing = tasks.create_task(who.listen())
            async with asyncio.timeout(LIMIT_S):
                await who.is_up.wait()
            yield who
            hearing.cancel()


async def until(condition: Callable[[], object]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(LIMIT_S):
        while not condition():
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def house(*texts: str, most: int = 32) -> AsyncIterator[House]:
    """One whose callers say these texts."""
    notes, clock, assistant = Notes(), asyncio.get_running_loop().time, FakeAssistant()

    def converse(session: CallSession, line: Line) -> Conversation:
        services = Services(
            speech_to_text=FakeSpeechToText(texts, delay_s=0.0),
            text_to_speech=FakeVoice(delay_s=0.0),
            assistant=assistant,
            new_detector=Loudness,
            observer=notes,
            now=clock,
            utc_now=lambda: NOW,
        )
        # Both sides make the same sound here: it would be taken for an echo.
        settings = ConversationSettings(is_echo_cancelled=False)
        return Conversation(
            session.call_id, line, empty_dialogue(), services=services, settings=settings, tap=session.tap
        )

    before = asyncio.all_tasks()
    settings = LiveCallsSettings(public_url="http://bot.example")
    async with (
        LiveCalls(FakeControl(), notes, notes, settings, clock=clock, utc_now=lambda: NOW) as live,
        PeerCalls(live, converse, PeerSettings(), now=clock) as peers,
        ListeningIn(live, PeerSettings(vanished_after_ms=1_000), most=most, now=clock) as listening,
    ):
        yield House(live, peers, listening, notes, assistant)
    assert {task.get_name() for task in asyncio.all_tasks() - before} == set()


async def refused(deed: Awaitable[object] | Callable[[], object]) -> CannotSupervise.Reason:
    """Why it cannot be done."""
    with pytest.raises(CannotSupervise) as caught:
        if callable(deed):
            deed()
        else:
            await deed
    return caught.value.reason


async def test_who_listens_hears_both_sides() -> None:
    """The caller first, then the answer; nobody in the call notices."""
    async with house("It broke.") as here, here.call() as caller, here.listener(caller.call_id) as listener:
        before = len(listener.heard)
        caller.mouth.say(loud(600))
        spoken = await listener.hears(after=before)
        await until(lambda: len(here.of(AssistantSaid)) == 2)
        assert await listener.hears(after=spoken + 45) > spoken
        assert here.heard() == ["It broke."]


async def test_a_whisper_reaches_the_next_reply() -> None:
    """And nobody's ear."""
    async with house("It broke.") as here, here.call() as caller:
        here.listening.whisper(caller.call_id, "Offer a tow truck.")
        await until(lambda: here.of(Whispered))
        caller.mouth.say(loud(600))
        await until(lambda: len(here.of(AssistantSaid)) == 2)
        (asked,) = here.asked.asked
        assert asked[1].whispers == ("Offer a tow truck.",)
        assert not any("truck" in record.text for record in here.of(AssistantSaid))


async def test_a_supervisor_speaks_in_the_assistants_place_and_gives_back() -> None:
    """The caller hears them; what the caller says is written down and not answered; then the assistant is back."""
    async with (
        house("Who are you?") as here,
        here.call() as caller,
        here.listener(caller.call_id, has_microphone=True) as who,
    ):
        here.listening.take_over(caller.call_id, who.call_id)
        here.listening.take_over(caller.call_id, who.call_id)
        await until(lambda: here.of(TakenOver))
        assert here.listening.is_taken_over(caller.call_id)
        before = len(caller.heard)
        who.mouth.say(loud(1_000))
        await caller.hears(after=before + 10)
        caller.mouth.say(loud(600))
        await until(here.heard)
        assert here.asked.asked == [], "nobody was to answer that"
        assert len(here.of(TakenOver)) == 1
        here.listening.give_back(caller.call_id)
        await until(lambda: here.of(GivenBack))
        await until(lambda: len(here.of(AssistantSaid)) == 2)
        assert here.of(AssistantSaid)[1].text == FixedPhrases().human_left
        assert await refused(lambda: here.listening.give_back(caller.call_id)) is Reason.NOT_TAKEN


async def test_who_has_taken_over_and_vanishes_has_given_back() -> None:
    """Without a goodbye: the caller is with the assistant again, and nothing of the listener is left."""
    async with (
        house() as here,
        here.call() as caller,
        here.listener(caller.call_id, has_microphone=True) as who,
    ):
        here.listening.take_over(caller.call_id, who.call_id)
        await until(lambda: here.of(TakenOver))
        who.vanish()
        await until(lambda: here.of(GivenBack))
        await until(lambda: here.listening.listeners == 0)
        await until(lambda: len(here.of(AssistantSaid)) == 2)
        assert not here.listening.is_taken_over(caller.call_id)


async def test_the_end_of_a_call_ends_its_listeners() -> None:
    """And a listener who leaves ends nothing."""
    async with house() as here:
        async with here.call() as caller, here.listener(caller.call_id) as one, here.listener(caller.call_id) as other:
            here.listening.end(caller.call_id, one.call_id)
            await until(lambda: here.listening.listeners == 1)
            assert here.live.live_count == 1
            await caller.hang_up()
            await until(lambda: here.listening.listeners == 0)
            await until(lambda: other.ended.is_set())
        assert await refused(lambda: here.listening.whisper(caller.call_id, "x")) is Reason.NOT_UP


async def test_a_caller_who_is_with_another_telephone_cannot_be_taken_over() -> None:
    """Nobody would hear the supervisor; once the caller is back, they would."""
    async with (
        house() as here,
        here.call() as caller,
        here.listener(caller.call_id, has_microphone=True) as who,
    ):
        session = here.live.session_of(caller.call_id)
        assert session is not None
        session.is_handed_over = True
        assert await refused(lambda: here.listening.take_over(caller.call_id, who.call_id)) is Reason.HANDED_OVER
        assert not here.listening.is_taken_over(caller.call_id)
        session.is_handed_over = False
        here.listening.take_over(caller.call_id, who.call_id)
        await until(lambda: here.of(TakenOver))


async def test_what_cannot_be_is_refused() -> None:
    """By its reason, and nothing is left of it."""
    async with house(most=3) as here, here.call() as caller, supervisor() as who:
        call_id, offer = caller.call_id, await who.offer()
        assert await refused(here.listening.listen("unknown", offer)) is Reason.NOT_UP
        with pytest.raises(BadOffer):
            await here.listening.listen(call_id, "v=0")
        async with (
            here.listener(call_id) as silent,
            here.listener(call_id, has_microphone=True) as one,
            here.listener(call_id, has_microphone=True) as other,
        ):
            assert await refused(here.listening.listen(call_id, offer)) is Reason.FULL
            take_over = here.listening.take_over
            assert await refused(lambda: take_over(call_id, "unknown")) is Reason.NOT_LISTENING
            assert await refused(lambda: take_over("unknown", one.call_id)) is Reason.NOT_UP
            assert await refused(lambda: take_over(call_id, silent.call_id)) is Reason.CANNOT_SPEAK
            take_over(call_id, one.call_id)
            assert await refused(lambda: take_over(call_id, other.call_id)) is Reason.TAKEN

            def whisper_for_ever() -> None:
                while True:  # faster than the conversation can take it
                    here.listening.whisper(call_id, "Be kind.")

            assert await refused(whisper_for_ever) is Reason.BUSY
