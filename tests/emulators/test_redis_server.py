"""The pretended Redis, by the bytes of its protocol."""

import asyncio

import pytest

from emulators.redis_server import RedisEmulator, RedisFault


async def exchange(server: RedisEmulator, *commands: str) -> bytes:
    """All that is answered to these commands, sent one after the other."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    answered = b""
    try:
        for command in commands:
            words = [word.encode() for word in command.split()]
            writer.write(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
            await writer.drain()
            answered += await reader.readuntil(b"\r\n")
    finally:
        writer.close()
    return answered


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("PING", b"+PONG\r\n"),
        ("SELECT 0", b"+OK\r\n"),
        ("CLIENT SETINFO LIB-NAME x", b"+OK\r\n"),
        ("GET missing", b"$-1\r\n"),
        ("SET key value", b"+OK\r\n"),
        ("SET key value EX 10", b"+OK\r\n"),
        ("SET key value XX 10", b"-ERR wrong number of arguments for 'set' command\r\n"),
        ("DEL missing", b":0\r\n"),
        ("GET", b"-ERR wrong number of arguments for 'get' command\r\n"),
        ("FLUSHALL", b"-ERR unknown command 'FLUSHALL'\r\n"),
        ("HELLO 4", b"-NOPROTO unsupported protocol version\r\n"),
        ("AUTH x", b"-WRONGPASS invalid username-password pair\r\n"),
    ],
)
async def test_commands_are_answered(command: str, answer: bytes) -> None:
    """As Redis does, errors too."""
    async with RedisEmulator() as server:
        assert await exchange(server, command) == answer


async def test_the_third_protocol_has_a_null_of_its_own() -> None:
    """After HELLO 3, which answers with a map."""
    async with RedisEmulator() as server:
        assert (await exchange(server, "HELLO 3")).startswith(b"%5\r\n")
        assert (await exchange(server, "HELLO 2")).startswith(b"*10\r\n")


async def test_without_the_password_nothing_is_answered() -> None:
    """And with it, everything."""
    async with RedisEmulator(password="right") as server:
        assert (await exchange(server, "GET key")).startswith(b"-NOAUTH")
        assert (await exchange(server, "HELLO 3")).startswith(b"-NOAUTH")
        assert await exchange(server, "AUTH right", "SET a b", "DEL a") == b"+OK\r\n+OK\r\n:1\r\n"


@pytest.mark.parametrize("sent", [b"GET key\r\n", b"*1\r\n:3\r\n", b"*99999\r\n", b"*1\r\n$4\r\nPI"])
async def test_what_is_no_command_ends_the_connection(sent: bytes) -> None:
    """And the server serves on."""
    async with RedisEmulator() as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(sent)
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()
        assert await exchange(server, "PING") == b"+PONG\r\n"


async def test_a_server_that_hangs_can_be_closed() -> None:
    """Nobody waits for it."""
    async with RedisEmulator(faults=[RedisFault.HANG]) as server, asyncio.timeout(10):
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"*2\r\n$3\r\nGET\r\n$1\r\na\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)
    writer.close()
    assert server.commands == ["GET"]
