"""Closing what gives outputs, when whoever reads them leaves before the end."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

_T = TypeVar("_T")


@asynccontextmanager
async def closing(outputs: AsyncIterator[_T]) -> AsyncGenerator[AsyncIterator[_T], None]:
    """Read outputs within this; then they are closed, whether they have ended or not.

    A generator that is only dropped is closed later, by a task that nobody waits for: a model
    would go on writing what a caller has interrupted. What cannot be closed is left.
    """
    try:
        yield outputs
    finally:
        if isinstance(outputs, AsyncGenerator):
            await outputs.aclose()
