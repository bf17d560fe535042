"""Lines that somebody types, or a pipe brings, without a thread and without stopping the loop."""

import asyncio
import codecs
import os
from collections.abc import AsyncGenerator
from typing import Final

LONGEST_LINE: Final = 8_000
"""Characters; what is longer is cut there."""
_READ_BYTES: Final = 65_536


async def typed_lines(descriptor: int) -> AsyncGenerator[str, None]:
    """Yield lines without their ends until the input ends; the last one need not have an end.

    Args:
        descriptor: Of a terminal, a pipe or a file. What is no UTF-8 in it becomes U+FFFD.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    pending, is_over = "", False
    while not is_over:
        data = await typed_data(descriptor)
        is_over = not data
        pending += decoder.decode(data, final=is_over)
        *lines, pending = pending.split("\n")
        for line in lines:
            yield line.rstrip("\r")[:LONGEST_LINE]
        pending = pending[:LONGEST_LINE]
    if pending:
        yield pending


async def typed_data(descriptor: int) -> bytes:
    """What was typed since the last time, as soon as something was; nothing at the end."""
    loop, is_readable = asyncio.get_running_loop(), asyncio.Event()
    try:
        loop.add_reader(descriptor, is_readable.set)
    except (PermissionError, ValueError):
        pass  # a file: it never makes anybody wait
    else:
        try:
            await is_readable.wait()
        finally:
            loop.remove_reader(descriptor)
    try:
        return os.read(descriptor, _READ_BYTES)
    except OSError:
        return b""  # the terminal is gone
