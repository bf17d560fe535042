"""Keys that somebody presses, each as it is pressed: nobody has to press Enter after it."""

import contextlib
import os
import sys
from collections.abc import AsyncGenerator, Iterator

from assembly.typed_lines import typed_data


@contextlib.contextmanager
def unbuffered(descriptor: int) -> Iterator[None]:
    """Let a terminal give out each key at once, and not show it; Ctrl-C stays what it is.

    Args:
        descriptor: Of a terminal. With anything else nothing is done.
    """
    if sys.platform == "win32" or not os.isatty(descriptor):
        yield
        return
    import termios
    import tty

    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor, termios.TCSANOW)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSANOW, before)


async def typed_keys(descriptor: int) -> AsyncGenerator[str, None]:
    """Yield what is typed, character by character, until the input ends.

    Args:
        descriptor: Of a terminal, a pipe or a file. What is not ASCII becomes U+FFFD.
    """
    while data := await typed_data(descriptor):
        for key in data.decode("ascii", "replace"):
            yield key
