"""Work that has begun is finished."""

import asyncio

import pytest

from stores.completion import completed


async def test_the_result_is_returned() -> None:
    """Nothing special happens to work that is left alone."""

    async def work() -> int:
        await asyncio.sleep(0)
        return 7

    assert await completed(work()) == 7


async def test_the_error_is_raised_itself() -> None:
    """Not wrapped in a group: callers catch it by its class."""

    async def work() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        await completed(work())


@pytest.mark.parametrize("fails", [False, True])
async def test_a_cancelled_caller_waits_for_the_end(fails: bool) -> None:
    """However often it is cancelled: the work ends first, then the caller does."""
    may_end = asyncio.Event()
    ended = []

    async def work() -> None:
        await may_end.wait()
        ended.append(True)
        if fails:
            raise LookupError

    async with asyncio.TaskGroup() as group:
        caller = group.create_task(completed(work()))
        for _ in range(3):
            await asyncio.sleep(0)
            caller.cancel()
        await asyncio.sleep(0)
        assert not caller.done()
        may_end.set()
    assert caller.cancelled()
    assert ended == [True]
