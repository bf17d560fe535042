"""What happens in calls, as it happens: records as server-sent events.

    event: CallerHeard
    data: {"call_id":"…","at":"…","turn":1,"text":"…","is_final":false}

A client that cannot keep up loses the oldest records first, and is told how many:
``event: RecordsDropped``, ``data: {"count":3}``.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from pipeline.records import Record
from web.errors import RequestRefused

HEARTBEAT = b": still here\n\n"


class Subscription:
    """What waits for one client. Overflow: the oldest is dropped and counted."""

    def __init__(self, call_id: str | None, queue_records: int, heartbeat_s: float) -> None:
        self.call_id = call_id
        self._waiting: deque[bytes] = deque(maxlen=queue_records)
        self._dropped = 0
        self._news = asyncio.Event()
        self._is_closed = False
        self._heartbeat_s = heartbeat_s

    def put(self, event: bytes) -> None:
        """Queue one event."""
        if len(self._waiting) == self._waiting.maxlen:
            self._dropped += 1
        self._waiting.append(event)
        self._news.set()

    def close(self) -> None:
        """What waits is still delivered, then the end."""
        self._is_closed = True
        self._news.set()

    async def next_events(self) -> bytes:
        """All that waits, or a heartbeat when nothing came for so long; empty at the end."""
        while not self._news.is_set():
            try:
                async with asyncio.timeout(self._heartbeat_s):
                    await self._news.wait()
            except TimeoutError:
                return HEARTBEAT
        events = list(self._waiting)
        self._waiting.clear()
        if self._dropped:
            events.insert(0, _event("RecordsDropped", b'{"count":%d}' % self._dropped))
            self._dropped = 0
        if not self._is_closed:
            self._news.clear()
        return b"".join(events)


class LiveFeed:
    """Hands records to those who are listening now; a ``pipeline.records.Observer``.

    Used from the event loop only.

    Args:
        queue_records: How many records may wait for one client; then the oldest goes.
        max_clients: How many may listen at once.
        heartbeat_s: A stream without news says so this often, or proxies close it.
    """

    def __init__(self, *, queue_records: int = 256, max_clients: int = 64, heartbeat_s: float = 15.0) -> None:
        self._queue_records = queue_records
        self._max_clients = max_clients
        self._heartbeat_s = heartbeat_s
        self._subscriptions: set[Subscription] = set()
        self._is_closed = False

    @property
    def clients(self) -> int:
        """How many are listening."""
        return len(self._subscriptions)

    def observe(self, record: Record) -> None:
        """Queue the record for everybody who wants it. Free when nobody listens."""
        event: bytes | None = None
        for subscription in self._subscriptions:
            if subscription.call_id in (None, record.call_id):
                event = event or _event(type(record).__name__, msgspec.json.encode(record))
                subscription.put(event)

    def close(self) -> None:
        """End every stream, now and from now on. Idempotent.

        To be called when the server begins to stop: it waits for open streams.
        """
        self._is_closed = True
        for subscription in self._subscriptions:
            subscription.close()

    @contextmanager
    def subscribe(self, call_id: str | None = None) -> Iterator[Subscription]:
        """Listen, to one call or to all: until ``close``.

        Raises:
            RequestRefused: Too many are listening, or the server is stopping.
        """
        if self._is_closed:
            raise RequestRefused(503, "The server is stopping")
        if len(self._subscriptions) >= self._max_clients:
            raise RequestRefused(503, "Too many are listening already")
        subscription = Subscription(call_id, self._queue_records, self._heartbeat_s)
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.remove(subscription)


def live_routes(feed: LiveFeed) -> list[Route]:
    """``/live`` (all calls) and ``/live/{call_id}``."""

    async def live(request: Request) -> Response:
        return _EventStream(feed, request.path_params.get("call_id"))

    return [Route("/live", live), Route("/live/{call_id}", live)]


class _EventStream(Response):
    """The answer that does not end until the client or the server does."""

    media_type = "text/event-stream"

    def __init__(self, feed: LiveFeed, call_id: str | None) -> None:
        # x-accel-buffering: nginx would hold events back to fill its buffer.
        super().__init__(headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._feed = feed
        self._call_id = call_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the client goes or the feed closes; then no task is left."""
        with self._feed.subscribe(self._call_id) as subscription:
            async with asyncio.TaskGroup() as group:
                sending = group.create_task(self._send(subscription, send), name="live events")
                watching = group.create_task(_disconnected(receive), name="live client")
                await asyncio.wait([sending, watching], return_when=asyncio.FIRST_COMPLETED)
                sending.cancel()
                watching.cancel()

    async def _send(self, subscription: Subscription, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": b": listening\n\n", "more_body": True})
        while events := await subscription.next_events():
            await send({"type": "http.response.body", "body": events, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _event(name: str, data: bytes) -> bytes:
    """One event. JSON has no line ends in it, so that one data line holds it."""
    return b"event: %b\ndata: %b\n\n" % (name.encode(), data)
