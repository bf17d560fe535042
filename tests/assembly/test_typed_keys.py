"""Keys, each as it is pressed."""

import asyncio
import os
import pty
import termios
from contextlib import aclosing

from assembly.typed_keys import typed_keys, unbuffered


async def test_a_pipe_brings_keys() -> None:
    """One by one, whatever they are."""
    reading, writing = os.pipe()
    os.write(writing, b"1#\n\xff")
    os.close(writing)
    assert [key async for key in typed_keys(reading)] == ["1", "#", "\n", "\ufffd"]
    os.close(reading)


async def test_a_terminal_gives_each_key_at_once_and_shows_none() -> None:
    """Nobody has to press Enter; afterwards the terminal is what it was."""
    theirs, ours = pty.openpty()
    before = termios.tcgetattr(ours)
    with unbuffered(ours):
        async with aclosing(typed_keys(ours)) as keys, asyncio.timeout(30):
            os.write(theirs, b"5")
            assert await anext(keys) == "5"
        flags = termios.tcgetattr(ours)[3]
        assert not flags & (termios.ECHO | termios.ICANON)
        assert flags & termios.ISIG  # Ctrl-C
    assert termios.tcgetattr(ours) == before
    os.close(ours)
    os.close(theirs)


def test_what_is_no_terminal_is_left_alone() -> None:
    """A pipe has nothing to be changed."""
    reading, writing = os.pipe()
    with unbuffered(reading):
        pass
    os.close(reading)
    os.close(writing)
