"""Until a line is open."""

from collections.abc import AsyncIterator

from media.line import AudioReceived, LineEvent, LineOpened, MessageRejected, Rejection
from pipeline.line_opening import line_opens

BAD = MessageRejected(Rejection.NOT_JSON, "no JSON")


async def told(*events: LineEvent) -> AsyncIterator[LineEvent]:
    """A line that tells these, and closes."""
    for event in events:
        yield event


async def test_a_line_that_is_described_is_open() -> None:
    """What came before and was not understood is kept; what comes after is left to others."""
    events = told(BAD, LineOpened(16_000), BAD)
    assert await line_opens(events) == [BAD]
    assert [event async for event in events] == [BAD]


async def test_sound_opens_a_line_too() -> None:
    """There are services that describe nothing."""
    assert await line_opens(told(AudioReceived(b"\0\0"))) == []


async def test_a_line_may_close_before_it_opens() -> None:
    """That is no call."""
    assert await line_opens(told(BAD)) is None
