"""Twenty calls at once: nobody hears, reads or remembers anything of anybody else."""

import asyncio
import re
import wave
from pathlib import Path

import numpy as np

from assembly.engines import Engines
from emulators.call_result import CallResult
from emulators.scenario import HangUp, Line, Scenario
from providers.piper import PiperTextToSpeech
from stores.records import CallHistory
from tests.support.whole import Whole, open_files, whole

CITIES = (
    *("Boston", "Chicago", "Denver", "Dallas", "Seattle", "Houston", "Atlanta", "Phoenix", "Detroit", "Memphis"),
    *("Portland", "Orlando", "Nashville", "Baltimore", "Sacramento", "Cleveland", "Pittsburgh", "Miami", "Tampa"),
    "Omaha",
)
"""Words that the recogniser tells apart, and that nothing else in these calls contains."""

CLAIM = [
    {"name": "incident_location", "description": "Where did it happen?"},
    {"name": "caller_name", "description": "What is your name?"},
]


def scenario(number: int, city: str) -> Scenario:
    return Scenario(
        name=city,
        steps=(Line(f"It happened in the city of {city}."), HangUp()),
        caller_number=f"+1202555{number:04}",
    )


async def test_twenty_calls_at_once_share_nothing(engines: Engines, voice: PiperTextToSpeech, tmp_path: Path) -> None:
    """Twenty callers name twenty cities; each call holds its own city and no other."""
    before = set(asyncio.all_tasks())
    files_before = open_files()
    async with whole(engines, tmp_path, conversation={"claim": CLAIM}) as server:
        results = await place_calls(server, voice)
        await server.built.journal.drained()
        histories = {history.call.phone_number: history for history in await server.built.store.latest_calls(limit=50)}
        assert server.built.live_calls.live_count == 0
        of_calls = [task.get_name() for task in asyncio.all_tasks() - before if is_of_a_call(task, histories)]
        assert of_calls == []
        assert len(open_files() - files_before) < 40, "sockets or files of calls are left"
    assert set(asyncio.all_tasks()) == before
    understood = 0
    for number, city in enumerate(CITIES):
        history = histories[f"+1202555{number:04}"]
        understood += knows_its_city(history, city)
        check_recording(history, results[number], tmp_path / "recordings")
    assert understood >= len(CITIES) // 2
    assert open_files() <= files_before


async def place_calls(server: Whole, voice: PiperTextToSpeech) -> list[CallResult]:
    async def call(number: int, city: str) -> CallResult:
        await asyncio.sleep(0.25 * number)  # people do not dial in the same instant
        return await server.network.call(scenario(number, city), voice=voice, webhook_url=server.webhook_url)

    async with asyncio.TaskGroup() as tasks:
        calls = [tasks.create_task(call(n, city)) for n, city in enumerate(CITIES)]
    results = [call.result() for call in calls]
    assert [result.protocol_errors for result in results] == [()] * len(CITIES)
    assert all(result.is_ok for result in results)
    return results


def is_of_a_call(task: asyncio.Task[object], histories: dict[str, CallHistory]) -> bool:
    return any(history.call.call_id in task.get_name() for history in histories.values())


def knows_its_city(history: CallHistory, city: str) -> bool:
    """No other call's city is in what was said, heard and gathered; whether its own is.

    On a machine that is much too slow the recogniser comes too late, and the caller is
    asked again: that is no mixing.
    """
    everything = [message.text for message in history.messages] + list(history.claim.values())
    words = set(re.findall(r"[a-z]+", " ".join(everything).casefold()))
    assert words & {other.casefold() for other in CITIES} <= {city.casefold()}
    return city in history.claim.get("incident_location", "")


def check_recording(history: CallHistory, result: CallResult, folder: Path) -> None:
    """The caller's channel is this caller's voice to the sample; the assistant's, what this caller was sent."""
    with wave.open(str(folder / f"{history.call.call_id}.wav")) as file:
        recorded = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, 2)
    spoken = np.frombuffer(result.stereo, dtype="<i2").reshape(-1, 2)
    for channel in (0, 1):
        ours, theirs = recorded[:, channel], spoken[:, channel]
        assert np.array_equal(ours[ours != 0][:20_000], theirs[theirs != 0][:20_000])
