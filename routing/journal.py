"""What happens at a router, kept in the store: whoever follows a job learns all of it, on any replica, however late."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, aclosing
from types import TracebackType
from typing import Self, cast

from routing.errors import RouterUnavailable
from routing.happenings import Happening, JobCancelled, JobClosed, JobHappening
from routing.rows import event_record, happening_of
from stores.bells import Bell
from stores.database import Database
from stores.errors import StoreError
from stores.router_history import RouterHistory, rung_job

POLL_S = 1.0
"""How often a follower looks without being nudged: nudges are for speed alone, nothing is lost with one."""


class RouterJournal:
    """Keeps what happens, and tells it; listens while it is entered.

    Args:
        database: Open for as long as this is used.
        bell: Of this database, for this process.
        poll_s: See ``POLL_S``.
    """

    def __init__(self, database: Database, bell: Bell, *, poll_s: float = POLL_S) -> None:
        self.history = RouterHistory(database, bell)
        self._bell = bell
        self._poll_s = poll_s
        # Bounded by those who follow; each takes its own away.
        self._waiting: list[tuple[str, Callable[[], None]]] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Listen."""
        await self._stack.enter_async_context(self._bell.listening(self._heard))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Listen no more."""
        await self._stack.aclose()

    async def append(self, happenings: Sequence[Happening], *, call_id: str = "") -> None:
        """Keep what has happened; what is known already changes nothing.

        Args:
            happenings: In their order.
            call_id: Of their job; empty: that of its earlier happenings.

        Raises:
            RouterUnavailable: The store does not answer.
        """
        try:
            await self.history.append([event_record(each, call_id=call_id) for each in happenings])
        except StoreError as error:
            raise RouterUnavailable(str(error)) from error

    @contextlib.contextmanager
    def nudging(self, nudge: Callable[[], None], *, job_id: str = "") -> Iterator[None]:
        """Call this whenever something may have happened, or may have to this job."""
        waiting = (job_id, nudge)
        self._waiting.append(waiting)
        try:
            yield
        finally:
            self._waiting.remove(waiting)

    @contextlib.asynccontextmanager
    async def follow(self, job_id: str) -> AsyncIterator[AsyncIterator[JobHappening]]:
        """See ``routing.ports.Router.follow``. While the store is away nothing is told, and nothing is lost."""
        nudged = asyncio.Event()
        with self.nudging(nudged.set, job_id=job_id):
            async with aclosing(self._told(job_id, nudged)) as told:
                yield told

    async def _told(self, job_id: str, nudged: asyncio.Event) -> AsyncGenerator[JobHappening, None]:
        after = 0
        while True:
            nudged.clear()
            with contextlib.suppress(StoreError):
                for record in await self.history.events(job_id, after=after):
                    after = record.event_id
                    happening = happening_of(record)
                    if happening is not None:
                        yield cast(JobHappening, happening)  # it has a job
                    if isinstance(happening, JobCancelled | JobClosed):
                        return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._poll_s):
                    await nudged.wait()

    def _heard(self, name: str) -> None:
        rung = rung_job(name)
        if rung is not None:
            for job_id, nudge in list(self._waiting):
                if not rung or job_id in ("", rung):
                    nudge()
