"""Whole calls at once: each uses a fifth of a core, and waits for the rest of its time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

_APART_S = 1.3
"""People do not speak in the same instant: nor are all of these to be understood in the same."""

Journey = Callable[[Path], Awaitable[None]]
"""Lives through a call, with a folder of its own."""


async def side_by_side(folder: Path, journeys: Mapping[str, Journey]) -> None:
    """Live through all of them, by name; one begins a little after the other.

    Raises:
        ExceptionGroup: What went wrong, each noted with the name of its journey.
    """

    async def later(number: int, name: str, journey: Journey) -> None:
        await asyncio.sleep(_APART_S * number)
        try:
            await journey(_made(folder / name))
        except Exception as error:
            error.add_note(f"in the journey {name}")
            raise

    async with asyncio.TaskGroup() as tasks:
        for number, (name, journey) in enumerate(journeys.items()):
            tasks.create_task(later(number, name, journey), name=name)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
