"""One whole call on real engines, looked at from all sides: the line, the store, the pages, the live feed."""

import asyncio
import json
import logging
import re
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from assembly.engines import Engines
from emulators.call_result import CallResult
from emulators.demo_outcome import judge
from emulators.expectation import Expectation, Text, word_error_rate
from emulators.line_effects import LineSettings
from emulators.phone_call import CallOptions
from emulators.scenario import AfterAssistantStarted, At, HangUp, Line, Scenario
from providers.piper import PiperTextToSpeech
from stores.records import CallHistory
from tests.support.side_by_side import side_by_side
from tests.support.whole import UNHURRIED, Whole, open_files, whole

PLACE = {"name": "incident_location", "description": "Where did it happen?"}
NAME = {"name": "caller_name", "description": "What is your name?"}
CORRECTED = Scenario(
    "corrected",
    (
        Line("It happened in Boston."),
        # The assistant reads the place back and asks for the name; the caller cuts in.
        Line("No, it was in Chicago.", when=AfterAssistantStarted(700)),
        Line("My name is Robert Miller."),
        Line("Yes, that is right."),
    ),
    patience=UNHURRIED,
    expectation=Expectation({"incident_location": Text("In Chicago", 0.5), "caller_name": Text("Robert Miller", 0.5)}),
)
PLAIN = Scenario(
    "plain",
    (Line("It happened in Boston."), Line("Yes, that is right.")),
    patience=UNHURRIED,
    expectation=Expectation({"incident_location": Text("In Boston", 0.5)}),
)
TELEPHONE = CallOptions(settings=LineSettings(g711=True))


@dataclass(frozen=True, slots=True)
class Called:
    """One call, as everybody saw it."""

    result: CallResult
    history: CallHistory
    live: list[tuple[str, dict[str, Any]]]
    """Name and fields of every record of the live feed."""

    def of(self, name: str) -> list[dict[str, Any]]:
        """The live records of this name."""
        return [record for seen, record in self.live if seen == name]


async def test_a_call_with_a_correction(
    engines: Engines, voice: PiperTextToSpeech, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Over a telephone line a caller gives a place, interrupts to correct it, gives a name, and confirms."""
    caplog.set_level(logging.DEBUG, logger="antiphon.call")
    tasks_before, files_before = asyncio.all_tasks(), open_files()
    async with whole(engines, tmp_path, conversation={"claim": [PLACE, NAME]}) as server:
        called = await call(server, voice, CORRECTED, TELEPHONE)
        await check_pages(server, called.history, tmp_path)
        assert server.built.live_calls.live_count == 0
    assert asyncio.all_tasks() == tasks_before
    assert open_files() <= files_before
    assert called.result.server_hung_up
    check_claim(called.history)
    check_interruption(called)
    check_live_feed(called, caplog.messages)
    check_latencies(called)  # the last: it may skip


async def test_other_lines(engines: Engines, voice: PiperTextToSpeech, tmp_path: Path) -> None:
    """Two calls at once, of two servers: a line with an echo, and one at 24 kHz."""
    await side_by_side(
        tmp_path, {"echo": partial(echo_is_survived, engines, voice), "24 kHz": partial(at_24_khz, engines, voice)}
    )


async def echo_is_survived(engines: Engines, voice: PiperTextToSpeech, folder: Path) -> None:
    """The assistant hears itself, 30 dB lower and 120 ms late: the call goes on until the caller has enough of it."""
    scenario = Scenario("echo", (Line("It happened in Boston.", when=At(6_000)), HangUp(At(15_000))))
    options = CallOptions(settings=LineSettings(g711=True, echo_level_db=-30.0, echo_delay_ms=120))
    async with whole(engines, folder, conversation={"claim": [PLACE]}) as server:
        called = await call(server, voice, scenario, options)
        assert server.built.live_calls.live_count == 0
    assert called.history.call.ended_at is not None
    assert called.of("StageFailed") == []


async def at_24_khz(engines: Engines, voice: PiperTextToSpeech, folder: Path) -> None:
    """When 24 kHz is configured the service is asked for it, and the call is understood and recorded at it."""
    async with whole(
        engines, folder, conversation={"claim": [PLACE]}, communication_services={"sample_rate_hz": 24_000}
    ) as server:
        called = await call(server, voice, PLAIN)
        await check_pages(server, called.history, folder, sample_rate_hz=24_000)
    assert called.result.sample_rate_hz == 24_000
    assert called.of("ConversationStarted")[0]["sample_rate_hz"] == 24_000
    assert PLAIN.expectation.mismatches(called.history.claim, called_at=called.history.call.started_at) == ()
    said = " ".join(message.text for message in called.history.messages if message.persona == "caller")
    assert word_error_rate(" ".join(line.text for line in PLAIN.lines), said) <= 0.3
    assert called.result.server_hung_up


async def call(
    server: Whole, voice: PiperTextToSpeech, scenario: Scenario, options: CallOptions | None = None
) -> Called:
    """Place a call while somebody watches the live feed; everything about it, when all is written."""
    live: list[tuple[str, dict[str, Any]]] = []
    async with watching(server) as events, asyncio.TaskGroup() as tasks:
        watcher = tasks.create_task(watch(events, live))
        result = await server.network.call(
            scenario, voice=voice, webhook_url=server.webhook_url, options=options or CallOptions()
        )
        assert result.is_ok, result.protocol_errors
        async with asyncio.timeout(60):
            await watcher
    await server.built.journal.drained()
    (history,) = await server.built.store.latest_calls(limit=5)
    return Called(result, history, live)


@asynccontextmanager
async def watching(server: Whole) -> AsyncIterator[aiohttp.StreamReader]:
    """The live feed, open."""
    timeout = aiohttp.ClientTimeout(total=None)
    session = aiohttp.ClientSession(timeout=timeout, headers=server.headers)
    async with session as http, http.get(f"{server.url}/live") as response:
        assert await response.content.readline() == b": listening\n"
        yield response.content


async def watch(events: aiohttp.StreamReader, live: list[tuple[str, dict[str, Any]]]) -> None:
    """Keep what the feed says until the conversation has ended."""
    name = ""
    async for raw in events:
        line = raw.decode().rstrip("\n")
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            live.append((name, json.loads(line.removeprefix("data: "))))
            if name == "ConversationEnded":
                return


def check_claim(history: CallHistory) -> None:
    """The claim holds the corrected place and the name; the change of the place is on record."""
    assert CORRECTED.expectation.mismatches(history.claim, called_at=history.call.started_at) == ()
    changes = [change for change in history.claim_changes if change.field == "incident_location"]
    assert [("Boston" in change.new_value, "Chicago" in change.new_value) for change in changes] == [
        (True, False),
        (False, True),
    ]
    assert changes[1].old_value == changes[0].new_value
    assert history.call.end_reason == "assistant_hung_up"
    assert history.call.phone_number == CORRECTED.caller_number
    understood = " ".join(message.text for message in history.messages if message.persona == "caller")
    assert word_error_rate(" ".join(line.text for line in CORRECTED.lines), understood) <= 0.4


def check_interruption(called: Called) -> None:
    """The reply that was cut is remembered as far as it was heard, and is marked; its sound was taken back."""
    cut = [message for message in called.history.messages if message.was_interrupted]
    assert cut
    assert {message.persona for message in cut} == {"assistant"}
    place = called.history.claim_changes[0].new_value
    spoken = f"Thank you. I noted: {place}. What is your name?".casefold()
    assert spoken.startswith(cut[0].text.casefold())
    assert 0 < len(cut[0].text) < len(spoken)
    unfinished = [record for record in called.of("AssistantSaid") if record["unheard_text"]]
    assert [record["text"] for record in unfinished] == [message.text for message in cut]
    assert called.of("BargedIn")
    assert called.result.line.stop_audio >= 1
    assert [event.name for event in called.result.events].count("stop_audio") == called.result.line.stop_audio
    (turn,) = [turn for turn in called.result.turns if turn.interrupts]
    assert turn.stop_latency_ms is not None, "the assistant talked on"


def check_live_feed(called: Called, log: list[str]) -> None:
    """Everything that was observed was delivered, in the order in which it was."""
    assert [name for name, _ in called.live[:2]] == ["CallAnswered", "ConversationStarted"]
    assert called.live[-1][0] == "ConversationEnded"
    assert {record["call_id"] for _, record in called.live} == {called.history.call.call_id}
    logged = [found[1] for line in log if (found := re.match(r"event=(\w+) call_id=", line))]
    assert [re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name, _ in called.live] == logged
    spoken = [
        ("caller" if name == "CallerHeard" else "assistant", record["text"])
        for name, record in called.live
        if name == "AssistantSaid" or (name == "CallerHeard" and record["is_final"])
    ]
    assert spoken == [(message.persona, message.text) for message in called.history.messages]


async def check_pages(server: Whole, history: CallHistory, folder: Path, *, sample_rate_hz: int = 16_000) -> None:
    """The report shows the conversation and the claim, and its recording can be heard."""
    page_url = f"{server.url}/report/{history.call.call_id}"
    async with aiohttp.ClientSession(headers=server.headers) as http:
        async with http.get(f"{server.url}/report") as response:
            assert history.call.call_id in await response.text()
        async with http.get(page_url) as response:
            assert response.status == 200
            page = re.sub(r"\s+", " ", await response.text())
        async with http.get(f"{page_url}/recording.wav") as response:
            assert (response.status, response.content_type) == (200, "audio/wav")
            recording = await response.read()
    assert f"/report/{history.call.call_id}/recording.wav" in page
    for text in (*(message.text for message in history.messages), *history.claim.values()):
        assert text.replace("'", "&#39;") in page
    kept = folder / "recordings" / f"{history.call.call_id}.wav"
    assert recording == kept.read_bytes()
    with wave.open(str(kept)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, sample_rate_hz)
        assert file.getnframes() > 5 * sample_rate_hz


def check_latencies(called: Called) -> None:
    """What the server reports of each answer is what the caller's recording shows."""
    outcome = judge(called.history, called.result, CORRECTED, "")
    assert len(outcome.turns) == len(CORRECTED.lines)
    if outcome.note:
        pytest.skip(f"all the rest was right; {outcome.note}")
    assert [problem for problem in outcome.problems if problem.startswith("latency")] == []
