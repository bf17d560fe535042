"""Records on their way to those who watch."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aiohttp
import msgspec
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.types import Message

from pipeline.records import CallerHeard
from web.errors import RequestRefused, exception_handlers
from web.live import HEARTBEAT, LiveFeed, live_routes

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def heard(call_id: str, text: str) -> CallerHeard:
    """A record."""
    return CallerHeard(call_id, NOW, 1, text, is_final=True)


def parsed(events: bytes) -> list[tuple[str, dict[str, object]]]:
    """Name and data of each event."""
    found = []
    for block in events.decode().strip().split("\n\n"):
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), msgspec.json.decode(data.removeprefix("data: "))))
    return found


async def test_a_record_arrives_as_an_event() -> None:
    """Its class is the event's name, its fields are the data, in order."""
    feed = LiveFeed()
    with feed.subscribe() as subscription:
        feed.observe(heard("call-1", "two\nlines, ünïcode"))
        feed.observe(heard("call-2", "more"))
        events = parsed(await subscription.next_events())
    assert [name for name, _ in events] == ["CallerHeard", "CallerHeard"]
    assert events[0][1] == {
        "call_id": "call-1",
        "at": "2026-03-01T09:30:00Z",
        "turn": 1,
        "text": "two\nlines, ünïcode",
        "is_final": True,
    }
    assert events[1][1]["call_id"] == "call-2"


async def test_one_call_can_be_watched_alone() -> None:
    """No word of another call arrives."""
    feed = LiveFeed()
    with feed.subscribe("call-2") as subscription:
        feed.observe(heard("call-1", "not yours"))
        feed.observe(heard("call-2", "yours"))
        events = parsed(await subscription.next_events())
    assert [data["text"] for _, data in events] == ["yours"]


async def test_a_slow_client_loses_the_oldest_and_is_told() -> None:
    """The newest records are kept, and the count of the lost ones comes first."""
    feed = LiveFeed(queue_records=2)
    with feed.subscribe() as slow:
        for n in range(5):
            feed.observe(heard("call-1", str(n)))
        events = parsed(await slow.next_events())
        feed.observe(heard("call-1", "after"))
        later = parsed(await slow.next_events())
    assert events[0] == ("RecordsDropped", {"count": 3})
    assert [data["text"] for _, data in events[1:]] == ["3", "4"]
    assert [data["text"] for _, data in later] == ["after"]


async def test_a_quiet_stream_shows_that_it_lives() -> None:
    """A comment comes when nothing else does."""
    feed = LiveFeed(heartbeat_s=0)
    with feed.subscribe() as subscription:
        assert await subscription.next_events() == HEARTBEAT
        assert HEARTBEAT.startswith(b":")


async def test_closing_delivers_what_waits_and_ends() -> None:
    """After the end nobody can begin to listen."""
    feed = LiveFeed()
    with feed.subscribe() as subscription:
        feed.observe(heard("call-1", "last"))
        feed.close()
        feed.close()
        assert parsed(await subscription.next_events())[0][1]["text"] == "last"
        assert await subscription.next_events() == b""
        assert await subscription.next_events() == b""
    with pytest.raises(RequestRefused), feed.subscribe():
        pass


async def test_only_so_many_may_listen() -> None:
    """One more is refused; a place that was left can be taken."""
    feed = LiveFeed(max_clients=1)
    with feed.subscribe():
        assert feed.clients == 1
        with pytest.raises(RequestRefused), feed.subscribe():
            pass
    with feed.subscribe():
        pass
    assert feed.clients == 0


class Client:
    """A client of the application, below HTTP: it can be slow, and it can go."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()
        self.sent: asyncio.Queue[Message] = asyncio.Queue()

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.put_nowait(message)


def scope(path: str) -> dict[str, object]:
    """A request."""
    return {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b"", "root_path": ""}


async def test_the_stream_ends_when_the_client_goes() -> None:
    """Its place is free and no task of it is left."""
    feed, client = LiveFeed(), Client()
    app = Starlette(routes=live_routes(feed))
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(app(scope("/live/call-1"), client.receive, client.send))
        start, opening = await client.sent.get(), await client.sent.get()
        assert dict(start["headers"])[b"content-type"].startswith(b"text/event-stream")
        assert b"content-length" not in dict(start["headers"])
        assert opening["body"].startswith(b":")
        feed.observe(heard("call-1", "hello"))
        assert parsed((await client.sent.get())["body"])[0][1]["text"] == "hello"
        client.gone.set()
        await serving
    assert feed.clients == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_the_stream_ends_when_the_feed_closes() -> None:
    """The client sees an answer that is complete."""
    feed, client = LiveFeed(), Client()
    app = Starlette(routes=live_routes(feed))
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(app(scope("/live"), client.receive, client.send))
        await client.sent.get()
        await client.sent.get()
        feed.close()
        await serving
    assert (await client.sent.get())["more_body"] is False
    assert feed.clients == 0


async def test_a_stopping_server_refuses_with_the_envelope() -> None:
    """503 before any byte of a stream."""
    feed, client = LiveFeed(), Client()
    feed.close()
    app = Starlette(routes=live_routes(feed), exception_handlers=exception_handlers())
    await app(scope("/live"), client.receive, client.send)
    assert (await client.sent.get())["status"] == 503
    assert msgspec.json.decode((await client.sent.get())["body"])["error"]["message"] == "The server is stopping"


@asynccontextmanager
async def served(app: Starlette) -> AsyncIterator[str]:
    """The application on a real socket; stops when left, and waits for open streams."""
    config = uvicorn.Config(app, log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(server.serve(sockets=[listening]))
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
            server.should_exit = True
            await serving


async def test_over_a_real_socket() -> None:
    """Records flow to two clients; one goes, the other is ended by the server's stop."""
    feed = LiveFeed()
    async with served(Starlette(routes=live_routes(feed))) as url, aiohttp.ClientSession() as session:
        staying = await session.get(f"{url}/live")
        assert await staying.content.readline() == b": listening\n"
        async with session.get(f"{url}/live/call-1") as leaving:
            await leaving.content.readline()
            assert feed.clients == 2
            feed.observe(heard("call-1", "hello"))
            assert b"hello" in await leaving.content.readuntil(b"}")
            assert b"hello" in await staying.content.readuntil(b"}")
            leaving.close()
        async with asyncio.timeout(10):
            while feed.clients > 1:
                await asyncio.sleep(0)
        feed.close()
        assert await staying.content.read() == b"\n\n"
    assert feed.clients == 0
