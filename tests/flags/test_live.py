"""Flags that follow: the pace, and whatever a source may do."""

import asyncio
from collections.abc import Mapping

from flags.errors import FlagsUnreadable
from flags.features import Features
from flags.live import READ_WITHIN_S, LiveFlags
from flags.records import FlagRecord, FlagsAvailable, FlagsChanged, FlagsUnavailable
from tests.support.jumping_time import on_jumping_time

Answer = Mapping[str, object] | None | Exception | float


class Source:
    """Answers each reading with the next; the last one again and again. A number is a pause, and then nothing new."""

    name = "script"

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.read_at: list[float] = []

    async def read(self) -> Mapping[str, object] | None:
        """The next answer."""
        self.read_at.append(asyncio.get_running_loop().time())
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, float):
            await asyncio.sleep(answer)
            return None
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None:
        """Nothing is open."""


@on_jumping_time
async def test_the_source_is_read_before_anybody_calls_and_then_at_its_pace() -> None:
    """A change is there within one pause."""
    source = Source({"vad_threshold": 0.7}, None, {"vad_threshold": 0.8})
    records: list[FlagRecord] = []
    async with LiveFlags(Features(), source, every_s=60, observe=records.append) as flags:
        assert flags.definitions.plain.vad_threshold == 0.7
        before = flags.definitions
        await asyncio.sleep(61)
        assert flags.definitions is before
        await asyncio.sleep(60)
        assert flags.definitions.plain.vad_threshold == 0.8
    began = source.read_at[0]
    assert [at - began for at in source.read_at] == [0, 60, 120]
    assert records == [FlagsChanged("script", ("vad_threshold",))] * 2


@on_jumping_time
async def test_without_a_source_nothing_changes() -> None:
    """And no task runs."""
    async with LiveFlags(Features(vad_threshold=0.7)) as flags:
        assert flags.of("x").current().vad_threshold == 0.7
        assert len(asyncio.all_tasks()) == 1


@on_jumping_time
async def test_whatever_a_source_does_the_last_values_stay() -> None:
    """It fails, hangs, or has a bug: each is told once, and that it is there again."""
    bug, down = KeyError("secret"), FlagsUnreadable("nobody answers")
    source = Source({"vad_threshold": 0.7}, down, down, 3_600.0, bug, None, down, {})
    records: list[FlagRecord] = []
    async with LiveFlags(Features(), source, every_s=1, observe=records.append) as flags:
        await asyncio.sleep(READ_WITHIN_S + 6.5)
        assert flags.definitions.plain.vad_threshold == 0.7
        await asyncio.sleep(1)
        assert flags.definitions.plain == Features()
    assert records[1:-1] == [
        FlagsUnavailable("script", "nobody answers"),
        FlagsUnavailable("script", f"nothing within {READ_WITHIN_S:g} s"),
        FlagsUnavailable("script", "KeyError"),
        FlagsAvailable("script"),
        FlagsUnavailable("script", "nobody answers"),
        FlagsAvailable("script"),
    ]


@on_jumping_time
async def test_a_source_that_is_down_is_no_reason_not_to_start() -> None:
    """What is configured holds until it is there."""
    async with LiveFlags(Features(), Source(FlagsUnreadable("down"), {"vad_threshold": 0.7}), every_s=1) as flags:
        assert flags.definitions.plain == Features()
        await asyncio.sleep(1.5)
        assert flags.definitions.plain.vad_threshold == 0.7
