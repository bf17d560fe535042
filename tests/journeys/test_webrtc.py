"""Calls from a browser, as far as they can be had without one: real WebRTC connections to a whole server."""

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from assembly.engines import Engines
from pipeline.ports import Recognition, SpeechToText
from providers.piper import PiperTextToSpeech
from stores.records import CallHistory, LineKind
from tests.support.webrtc_caller import WebRtcCaller, calling, spoken
from tests.support.whole import Whole, open_files, whole

CLAIM = [{"name": "incident_location", "description": "Where did it happen?"}]
GONE_WITHIN_S = 5.0


@dataclass
class Counted:
    """A recogniser that knows how many of its recognitions are open."""

    engine: SpeechToText
    open_now: set[str] = field(default_factory=set)

    @property
    def sample_rate_hz(self) -> int:
        return self.engine.sample_rate_hz

    @property
    def languages(self) -> tuple[str, ...]:
        return self.engine.languages

    async def warm_up(self) -> None:
        await self.engine.warm_up()

    async def open(self, call_id: str, languages: tuple[str, ...] = ()) -> Recognition:
        recognition = await self.engine.open(call_id, languages)
        close = recognition.close

        async def close_and_note() -> None:
            await close()
            self.open_now.discard(call_id)

        recognition.close = close_and_note  # type: ignore[method-assign]
        self.open_now.add(call_id)
        return recognition


async def test_a_caller_is_heard_and_answered(engines: Engines, voice: PiperTextToSpeech, tmp_path: Path) -> None:
    """A sentence is said, understood and noted; the answer comes back; the assistant hangs up; the report is there."""
    async with whole(engines, tmp_path, conversation={"claim": CLAIM}) as server:
        async with calling(server.url, server.headers) as caller:
            await caller.hears()
            await said_everything(server, caller.call_id, messages=1)
            caller.mouth.say(await spoken(voice, "It happened in Boston."))
            await said_everything(server, caller.call_id, messages=3)
            caller.mouth.say(await spoken(voice, "Yes, that is right."))
            async with asyncio.timeout(120):
                await caller.ended.wait()
        await until(lambda: server.built.live_calls.live_count == 0)
        history = await history_of(server, caller.call_id)
    assert "Boston" in history.claim["incident_location"]
    assert "Boston" in " ".join(each.text for each in history.messages if each.persona == "caller")
    assert history.call.end_reason == "assistant_hung_up"
    assert (history.call.phone_number, history.call.line) == ("", LineKind.BROWSER)
    assert (tmp_path / "recordings" / f"{caller.call_id}.wav").is_file()
    assert len(history.turns) >= 1
    await until(lambda: len(asyncio.all_tasks()) == 1)


async def test_nothing_is_left_of_two_calls(engines: Engines, voice: PiperTextToSpeech, tmp_path: Path) -> None:
    """Two callers never mix; of one that vanishes without a word nothing is left after five seconds."""
    ears = Counted(engines.speech_to_text)
    async with whole(replace(engines, speech_to_text=ears), tmp_path, conversation={"claim": CLAIM}) as server:
        before, files_before = asyncio.all_tasks(), open_files()
        boston, denver = WebRtcCaller(), WebRtcCaller()
        async with calling(server.url, server.headers, caller=boston):
            async with calling(server.url, server.headers, caller=denver):
                assert server.built.live_calls.live_count == 2
                for caller, city in ((boston, "Boston"), (denver, "Denver")):
                    await said_everything(server, caller.call_id, messages=1)
                    caller.mouth.say(await spoken(voice, f"It happened in the city of {city}."))
                for caller in (boston, denver):
                    await said_everything(server, caller.call_id, messages=2)
                vanished_at = time.monotonic()
                denver.vanish()
                await until(lambda: ears.open_now == {boston.call_id})
                await until(lambda: tasks_of(denver.call_id) == [])
                took_s = time.monotonic() - vanished_at
            assert server.built.live_calls.live_count == 1
        await until(lambda: not ears.open_now and server.built.live_calls.live_count == 0)
        await until(lambda: not decoders())
        await until(lambda: asyncio.all_tasks() <= before)
        assert left(files_before) == set()
        histories = {each: await history_of(server, each.call_id) for each in (boston, denver)}
    for caller, own, other in ((boston, "Boston", "Denver"), (denver, "Denver", "Boston")):
        words = " ".join((*(each.text for each in histories[caller].messages), *histories[caller].claim.values()))
        assert own in words
        assert other not in words
    assert histories[boston].call.end_reason == "caller_hung_up"
    assert histories[denver].call.end_reason == "line_lost"
    assert took_s < GONE_WITHIN_S


def tasks_of(call_id: str) -> list[str]:
    """The tasks of a call that are alive."""
    return [task.get_name() for task in asyncio.all_tasks() if call_id in task.get_name()]


def decoders() -> list[str]:
    """Threads of aiortc: one for each stream that comes in."""
    return [thread.name for thread in threading.enumerate() if thread.name == "audio-decoder"]


def left(files_before: set[str]) -> set[str]:
    """Sockets that are open and were not."""
    return {each for each in open_files() - files_before if "socket" in each}


async def said_everything(server: Whole, call_id: str, *, messages: int) -> None:
    """Wait until so many messages of a call are kept, and the assistant has said its last one."""

    async def has_said() -> bool:
        await server.built.journal.drained()
        kept = await server.built.store.history(call_id)
        return kept is not None and len(kept.messages) >= messages

    async with asyncio.timeout(90):
        while not await has_said():
            await asyncio.sleep(0.05)


async def history_of(server: Whole, call_id: str) -> CallHistory:
    """All that is kept of a call that is over."""
    await server.built.journal.drained()
    history = await server.built.store.history(call_id)
    assert history is not None
    return history


async def until(condition: Callable[[], object]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)
