"""Work that is finished once it has begun, whatever happens to the one who asked."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Outcome(Generic[_T]):
    result: _T | None = None
    error: Exception | None = None


async def completed(work: Coroutine[Any, Any, _T]) -> _T:
    """Run ``work`` in a task of its own to its end, and return or raise what it does.

    A cancellation that arrives meanwhile waits for that end and is raised then, in place
    of the result. So the work must be short.
    """

    async def root() -> _Outcome[_T]:
        try:
            return _Outcome(result=await work)
        except Exception as error:  # noqa: BLE001 - the root of a task: the caller raises it
            return _Outcome(error=error)

    cancellation: asyncio.CancelledError | None = None
    async with asyncio.TaskGroup() as group:
        task = group.create_task(root(), name="completed")
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError as error:
                cancellation = error
        if cancellation is not None:
            raise cancellation
    outcome = task.result()
    if outcome.error is not None:
        raise outcome.error
    return outcome.result  # type: ignore[return-value]  # no error: there is a result, of type _T
