"""Lines from terminals, pipes and files."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assembly.typed_lines import LONGEST_LINE, typed_lines


@contextmanager
def piped(*pieces: bytes) -> Iterator[int]:
    """A pipe that brings these, and its end."""
    reading, writing = os.pipe()
    try:
        for piece in pieces:
            os.write(writing, piece)
        os.close(writing)
        yield reading
    finally:
        os.close(reading)


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        ((b"one\ntwo\n",), ["one", "two"]),
        ((b"one\r\n\ntwo",), ["one", "", "two"]),
        (("Amélie".encode()[:4], "Amélie".encode()[4:] + b"\n"), ["Amélie"]),
        ((b"\xff\n",), ["\ufffd"]),
        ((b"cut\xe2\x82",), ["cut\ufffd"]),
        ((), []),
    ],
)
async def test_a_pipe_brings_lines(pieces: tuple[bytes, ...], lines: list[str]) -> None:
    """Whole, in order, to the last one; what is no UTF-8 is shown as such."""
    with piped(*pieces) as descriptor:
        assert [line async for line in typed_lines(descriptor)] == lines


async def test_a_line_comes_as_soon_as_it_is_whole() -> None:
    """Meanwhile the loop goes on."""
    reading, writing = os.pipe()
    lines = typed_lines(reading)
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(anext(lines))
        for piece in (b"o", b"ne", b"\ntw"):
            await asyncio.sleep(0)
            assert not first.done()
            os.write(writing, piece)
        assert await first == "one"
    os.close(writing)
    assert [line async for line in lines] == ["tw"]
    os.close(reading)


async def test_a_file_is_read_too(tmp_path: Path) -> None:
    """The loop cannot watch it, and need not; the same for what is always empty."""
    file = tmp_path / "lines.txt"
    file.write_text("one\ntwo", encoding="utf-8")
    for path, lines in ((file, ["one", "two"]), (Path(os.devnull), [])):
        descriptor = os.open(path, os.O_RDONLY)
        assert [line async for line in typed_lines(descriptor)] == lines
        os.close(descriptor)


async def test_a_line_without_end_is_cut(tmp_path: Path) -> None:
    """Nobody can fill the memory with one."""
    file = tmp_path / "long.txt"
    file.write_text("x" * 500_000 + "\nnext\n" + "y" * 500_000, encoding="utf-8")
    descriptor = os.open(file, os.O_RDONLY)
    lines = [line async for line in typed_lines(descriptor)]
    os.close(descriptor)
    assert [len(line) for line in lines] == [LONGEST_LINE, 4, LONGEST_LINE]


async def test_a_terminal_that_is_gone_is_the_end() -> None:
    """Its other side was closed."""
    ours, theirs = os.openpty()
    os.write(ours, b"hello\n")
    lines = typed_lines(theirs)
    assert await anext(lines) == "hello"
    os.close(ours)
    assert [line async for line in lines] == []
    os.close(theirs)
