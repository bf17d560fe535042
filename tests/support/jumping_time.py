"""Tests on a clock that jumps: an hour of waiting takes a millisecond, and always the same.

In memory only: with real sockets the clock would jump past what the network still brings.
"""

import asyncio
import functools
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next timer instead of waiting for it."""

    def __init__(self) -> None:
        self._now_s = 100.0  # not zero: a time that was never set is noticed
        selector = selectors.DefaultSelector()
        select_for_real = selector.select

        def select(timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
            ready = select_for_real(0)
            if not ready and timeout:
                self._now_s += timeout
            return ready

        selector.select = select  # type: ignore[method-assign]
        super().__init__(selector)

    def time(self) -> float:
        """Virtual seconds; the loop is made at 100."""
        return self._now_s


def on_jumping_time(
    test: Callable[_Arguments, Coroutine[object, object, None]],
) -> Callable[_Arguments, None]:
    """Run an async test on a loop of its own whose clock jumps."""

    @functools.wraps(test)
    def run(*arguments: _Arguments.args, **named: _Arguments.kwargs) -> None:
        run_virtually(test(*arguments, **named))

    return run


def run_virtually(main: Coroutine[Any, Any, _Result]) -> _Result:
    """Run to the end on a loop of its own whose clock jumps."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(main)
