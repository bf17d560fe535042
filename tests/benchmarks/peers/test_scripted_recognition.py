"""The recogniser of the peers, on a clock that jumps."""

import asyncio

from benchmarks.delayed_services import DELAYS, Delays, TimedWord
from benchmarks.peers.scripted_recognition import Recognised, ScriptedRecognition, stretches
from tests.support.jumping_time import on_jumping_time

WORDS = (
    TimedWord("my", 0, 3_200),
    TimedWord("number", 3_200, 9_600),
    TimedWord("is", 9_600, 12_800),
    TimedWord("seven", 24_000, 32_000),
)
"""0.7 s of silence before the last."""
FRAME = bytes(640)


async def told(delays: Delays, *, until_s: float = 4.0) -> list[tuple[float, Recognised]]:
    """What is told when this is said in real time, and when."""
    recognition = ScriptedRecognition(delays)
    recognition.add_words(WORDS)
    seen: list[tuple[float, Recognised]] = []
    loop = asyncio.get_running_loop()
    began = loop.time()

    async def collect() -> None:
        async for result in recognition.results():
            seen.append((round(loop.time() - began, 2), result))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(collect())
        for _ in range(round(until_s / 0.020)):
            await asyncio.sleep(0.020)
            recognition.push(FRAME)
        recognition.close()
    return seen


@on_jumping_time
async def test_a_pause_ends_a_stretch_that_is_told_soon() -> None:
    """Words come 100 ms after they were spoken; with finals that fast a pause of 700 ms makes two stretches."""
    seen = await told(DELAYS["fixed"])
    assert seen[0] == (0.3, Recognised("my", is_final=False))
    assert [(at, result.text) for at, result in seen if result.is_final] == [(0.9, "my number is"), (2.1, "seven")]


@on_jumping_time
async def test_who_goes_on_before_the_final_gets_none() -> None:
    """A recogniser whose final takes a second gives one for all of it: the caller went on before that."""
    seen = await told(Delays(partial_ms=100, final_ms=1_000))
    assert [(at, result.text) for at, result in seen if result.is_final] == [(3.0, "my number is seven")]


@on_jumping_time
async def test_texts_only_grow_and_nothing_follows_the_final() -> None:
    """With drawn delays a word may be faster than the one before it: a shorter text never comes after a longer one."""
    seen = await told(Delays(partial_ms=300, final_ms=1_000, spread=1.0, final_spread=0.5), until_s=9.0)
    lengths = [len(result.text) for _, result in seen]
    assert lengths == sorted(lengths)
    assert [result.is_final for _, result in seen].index(True) == len(seen) - 1


def test_stretches() -> None:
    """Only a long silence parts words, and no words are no stretch."""
    assert [len(stretch) for stretch in stretches(WORDS, DELAYS["fixed"])] == [3, 1]
    assert [len(stretch) for stretch in stretches(WORDS[:3], DELAYS["fixed"])] == [3]
    assert stretches((), DELAYS["fixed"]) == []
