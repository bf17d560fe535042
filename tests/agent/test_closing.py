"""Closing what gives outputs."""

from collections.abc import AsyncGenerator, AsyncIterator

from agent.closing import closing


async def test_who_leaves_early_has_it_closed() -> None:
    """At once, not when it is dropped."""
    ended = []

    async def endless() -> AsyncGenerator[int, None]:
        try:
            while True:
                yield 1
        finally:
            ended.append(True)

    numbers = endless()
    async with closing(numbers) as read:
        assert await anext(read) == 1
        assert not ended
    assert ended == [True]


async def test_what_cannot_be_closed_is_only_read() -> None:
    """Not every iterator is a generator."""

    class Once:
        def __aiter__(self) -> AsyncIterator[int]:
            return self

        async def __anext__(self) -> int:
            return 1

    async with closing(Once()) as read:
        assert await anext(read) == 1
