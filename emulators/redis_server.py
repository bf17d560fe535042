"""A Redis server as its clients see it: strings with a time to live, over RESP 2 and 3.

    async with RedisEmulator() as server:
        # configure the client under test with server.url

It knows the commands that a cache needs, and refuses all others as Redis does. ``faults``
make the next commands hang, or get an answer that is none.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Final, Self

_BULK_MAX_BYTES: Final = 512 * 1024 * 1024
_ARGUMENTS_MAX: Final = 1024


class RedisFault(StrEnum):
    """What a command gets instead of its answer."""

    HANG = "hang"
    GARBAGE = "garbage"
    CLOSE = "close"
    ERROR = "error"


class _NotRedis(Exception):
    """What came is not of the protocol."""


@dataclass
class RedisEmulator:
    """The server, up within ``async with``."""

    password: str = ""
    port: int = 0
    now: Callable[[], float] = time.monotonic
    values: dict[bytes, tuple[bytes, float]] = field(default_factory=dict)
    """By key: value, and when it is gone."""
    commands: list[str] = field(default_factory=list)
    """Names, in order."""
    faults: list[RedisFault] = field(default_factory=list)
    """One for each of the next reads and writes of values."""

    def __post_init__(self) -> None:
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._is_over = asyncio.Event()

    @property
    def url(self) -> str:
        """For clients, with the password."""
        return f"redis://{f':{self.password}@' if self.password else ''}127.0.0.1:{self.port}/0"

    async def __aenter__(self) -> Self:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening and close every connection."""
        self._is_over.set()
        if self._server is not None:
            self._server.close()
            self.drop_connections()
            await self._server.wait_closed()

    async def hang(self) -> None:
        """Answer nothing for as long as the server is up."""
        await self._is_over.wait()

    def drop_connections(self) -> None:
        """Close every connection, as a server does that is started anew."""
        for writer in list(self._writers):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        session = _Session(self)
        try:
            while (arguments := await _command(reader)) is not None:
                answer = await session.answer(arguments)
                if answer is None:
                    return
                writer.write(answer)
                await writer.drain()
        except (_NotRedis, ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()


class _Session:
    """One connection."""

    def __init__(self, server: RedisEmulator) -> None:
        self._server = server
        self._protocol = 2
        self._is_in = not server.password

    async def answer(self, arguments: Sequence[bytes]) -> bytes | None:
        """What a command gets; None: the connection is closed."""
        name, *rest = arguments
        command = name.decode(errors="replace").upper()
        self._server.commands.append(command)
        if command in ("GET", "SET", "DEL") and self._is_in and self._server.faults:
            match self._server.faults.pop(0):
                case RedisFault.HANG:
                    await self._server.hang()
                    return None
                case RedisFault.GARBAGE:
                    return b"!\x00 this is not RESP\r\n"
                case RedisFault.CLOSE:
                    return None
                case RedisFault.ERROR:
                    return b"-OOM command not allowed when used memory > 'maxmemory'.\r\n"
        if command == "HELLO":
            return self._hello(rest)
        if command == "AUTH":
            self._is_in = rest[-1:] == [self._server.password.encode()]
            return b"+OK\r\n" if self._is_in else b"-WRONGPASS invalid username-password pair\r\n"
        if not self._is_in:
            return b"-NOAUTH Authentication required.\r\n"
        return self._of_values(command, rest)

    def _of_values(self, command: str, rest: Sequence[bytes]) -> bytes:
        server = self._server
        match command, rest:
            case "PING", []:
                return b"+PONG\r\n"
            case (("CLIENT" | "SELECT"), [_, *_]):
                return b"+OK\r\n"
            case "GET", [key]:
                value, gone_at = server.values.get(key, (b"", 0.0))
                if gone_at <= server.now():
                    server.values.pop(key, None)
                    return b"_\r\n" if self._protocol == 3 else b"$-1\r\n"
                return b"$%d\r\n%s\r\n" % (len(value), value)
            case "SET", [key, value]:
                server.values[key] = (value, float("inf"))
                return b"+OK\r\n"
            case "SET", [key, value, unit, amount] if unit.upper() in (b"PX", b"EX") and amount.isdigit():
                seconds = int(amount) / (1000 if unit.upper() == b"PX" else 1)
                server.values[key] = (value, server.now() + seconds)
                return b"+OK\r\n"
            case "DEL", [_, *_]:
                return b":%d\r\n" % sum(server.values.pop(key, None) is not None for key in rest)
            case (("GET" | "SET" | "DEL" | "PING" | "SELECT" | "CLIENT"), _):
                return f"-ERR wrong number of arguments for '{command.lower()}' command\r\n".encode()
            case _:
                return f"-ERR unknown command '{command}'\r\n".encode()

    def _hello(self, rest: Sequence[bytes]) -> bytes:
        version, *options = rest or [b"2"]
        if version not in (b"2", b"3"):
            return b"-NOPROTO unsupported protocol version\r\n"
        if [option.upper() for option in options[:1]] == [b"AUTH"]:
            self._is_in = options[2:3] == [self._server.password.encode()]
            if not self._is_in:
                return b"-WRONGPASS invalid username-password pair\r\n"
        if not self._is_in:
            return b"-NOAUTH HELLO must be called with the client already authenticated\r\n"
        self._protocol = int(version)
        facts = {b"server": b"redis", b"version": b"7.4.0", b"mode": b"standalone", b"role": b"master"}
        parts = b"".join(b"$%d\r\n%s\r\n" % (len(each), each) for pair in facts.items() for each in pair)
        proto = b"$5\r\nproto\r\n:%d\r\n" % self._protocol
        count = len(facts) + 1
        return (b"%%%d\r\n" % count if self._protocol == 3 else b"*%d\r\n" % (2 * count)) + parts + proto


async def _command(reader: asyncio.StreamReader) -> list[bytes] | None:
    """The next command: an array of bulk strings; None at the end."""
    line = await reader.readline()
    if not line:
        return None
    count = _count(line, b"*", _ARGUMENTS_MAX)
    arguments = []
    for _ in range(count):
        length = _count(await reader.readline(), b"$", _BULK_MAX_BYTES)
        content = await reader.readexactly(length + 2)
        arguments.append(content[:-2])
    return arguments or None


def _count(line: bytes, mark: bytes, most: int) -> int:
    if not line.startswith(mark) or not line[1:].strip().isdigit() or int(line[1:]) > most:
        raise _NotRedis
    return int(line[1:])
