"""Flags that follow their source while calls go on."""

import asyncio
from types import TracebackType
from typing import Self

from flags.call_flags import CallFlags
from flags.definitions import Definitions, changed_flags, define, standing_definitions
from flags.errors import FlagsUnreadable
from flags.features import Features
from flags.records import FlagsAvailable, FlagsChanged, FlagsUnavailable, ObserveFlags, unobserved
from flags.source import FlagSource

READ_WITHIN_S = 10.0
"""A source that does not answer for so long cannot be read."""


class LiveFlags:
    """What holds now; use as ``async with LiveFlags(...) as flags``. The source is closed by whoever made it.

    Entering reads the source once, so that the first call has it; a source that cannot be
    read is no reason not to start. Whatever happens later, the last values that could be
    used stay.

    Args:
        standing: What holds of flags that the source does not name, or without a source.
        source: Where to look; None: nothing ever changes.
        every_s: Pause between two readings.
        observe: Told of changes, refusals and failures.
    """

    def __init__(
        self,
        standing: Features,
        source: FlagSource | None = None,
        *,
        every_s: float = 60.0,
        observe: ObserveFlags = unobserved,
    ) -> None:
        self._standing = standing
        self._source = source
        self._every_s = every_s
        self._observe = observe
        self._definitions = standing_definitions(standing)
        self._failure = ""
        self._tasks = asyncio.TaskGroup()
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        if self._source is not None:
            await self.read()
            self._reader = self._tasks.create_task(self._follow(), name="flags")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._reader is not None:
            self._reader.cancel()
        await self._tasks.__aexit__(None, None, None)

    @property
    def definitions(self) -> Definitions:
        """What holds now; the same object for as long as nothing changes."""
        return self._definitions

    def of(self, caller: str) -> CallFlags:
        """What a call of this caller goes by from now on."""
        return CallFlags(lambda: self._definitions, caller)

    async def read(self) -> None:
        """Look at the source now; never raises."""
        source = self._source
        if source is None:
            return
        try:
            async with asyncio.timeout(READ_WITHIN_S):
                said = await source.read()
        except FlagsUnreadable as error:
            self._failed(source, str(error))
            return
        except TimeoutError:
            self._failed(source, f"nothing within {READ_WITHIN_S:g} s")
            return
        except Exception as error:  # noqa: BLE001 - the root of what a source may raise: calls go on with the last values
            self._failed(source, type(error).__name__)
            return
        if self._failure:
            self._failure = ""
            self._observe(FlagsAvailable(source.name))
        if said is None:
            return
        before = self._definitions
        self._definitions, refused = define(said, source=source.name, standing=self._standing, before=before)
        for refusal in refused:
            self._observe(refusal)
        if self._definitions is not before:
            self._observe(FlagsChanged(source.name, changed_flags(before, self._definitions)))

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            await self.read()

    def _failed(self, source: FlagSource, reason: str) -> None:
        if reason != self._failure:
            self._failure = reason
            self._observe(FlagsUnavailable(source.name, reason))
