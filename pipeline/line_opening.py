"""How a line opens."""

from collections.abc import AsyncIterator

from media.line import AudioReceived, LineEvent, LineOpened, MessageRejected


async def line_opens(events: AsyncIterator[LineEvent]) -> list[MessageRejected] | None:
    """Wait until the line has told its rate. Audio without a description has the default one.

    Returns:
        The messages before it that were not understood; None when the line closed without opening.
    """
    rejected: list[MessageRejected] = []
    async for event in events:
        if isinstance(event, LineOpened | AudioReceived):
            return rejected
        if isinstance(event, MessageRejected):
            rejected.append(event)
    return None
