"""One call's conversation with a bot: opened with the call, kept up while it lasts, closed with it.

    run ─┬─ receive   the stream, or polls where there is none ─► Inbox ─► whoever answers the caller
         ├─ send      what the caller has said, one after the other
         └─ refresh   the token, before it expires

A stream that breaks is opened again where it stopped. What cannot be mended loses the conversation
for good: then every reply fails at once, and another assistant goes on.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import aiohttp

from agent.errors import AssistantError, ModelOverloaded, ModelRefused, ModelTimedOut, ModelUnavailable
from providers.direct_line_activities import Activity, ActivitySet, Kind, decode, end_of_conversation
from providers.direct_line_client import DirectLineClient, NotConnected, Opened
from providers.direct_line_inbox import Inbox

_OUTBOX_MAX: Final = 8
"""Overflow rule: a reply fails; the bot has not taken the last eight things that the caller said."""
_LONGEST_RETRY_S: Final = 3.0
"""A caller does not wait longer for a service that asks to be left alone."""
_LONGEST_PAUSE_S: Final = 4.0
_SOCKET_FAILURES_MAX: Final = 2
"""In a row, before anything came: then it is polled, since something between us and it lets no socket through."""
_REFRESH_AHEAD_S: Final = 300.0
_SETTLE_S: Final = 0.5
"""What the bot has said before it failed may still be on its way over the stream."""
_LEAVE_S: Final = 0.5
_EXPIRED: Final = frozenset({401, 403})

_log = logging.getLogger("antiphon.providers.direct_line")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectLineSettings:
    """How long a bot is waited for."""

    open_ms: int = 5_000
    """For the conversation to be open."""
    greeting_ms: int = 3_000
    """For the bot's greeting; then it is ours."""
    answer_ms: int = 10_000
    """For the first message of an answer, and after each sign that the bot is writing."""
    silence_ms: int = 1_500
    """After a message: then nothing more belongs to the answer."""
    poll_ms: int = 1_000
    """Between two polls, where there is no socket."""
    lost_after_ms: int = 20_000
    """A stream that cannot be opened again for so long is lost."""


@dataclass(eq=False, slots=True)
class Turn:
    """Something that was sent, and is answered."""

    client_id: str
    body: dict[str, Any] = field(repr=False)
    failure: AssistantError | None = None


class BotConversation:
    """One call's. ``run`` it as long as the call lasts.

    Args:
        client: The bot.
        settings: See there.
        user: Who speaks, as the bot is told: ``id`` and perhaps ``name``.
    """

    def __init__(self, client: DirectLineClient, settings: DirectLineSettings, user: dict[str, str]) -> None:
        self._client = client
        self._settings = settings
        self.user = user
        self._inbox = Inbox(user["id"])
        self._outbox: asyncio.Queue[Turn] = asyncio.Queue(_OUTBOX_MAX)
        self._opened: Opened | None = None
        self._is_settled = asyncio.Event()
        """It is open, or lost."""
        self._changed = asyncio.Event()
        """Something has come, or has failed."""
        self._has_room = asyncio.Event()
        self._lost: AssistantError | None = None
        self._wanted = asyncio.Event()
        """An answer is waited for."""
        self._has_ended = False

    # -- for whoever answers the caller ----------------------------------------------------

    async def open(self) -> None:
        """Wait until it is open.

        Raises:
            AssistantError: It is lost, or takes too long.
        """
        try:
            async with asyncio.timeout(self._settings.open_ms / 1000):
                await self._is_settled.wait()
        except TimeoutError as error:
            raise ModelTimedOut("the conversation with the bot was not open in time") from error
        if self._lost is not None:
            raise ModelUnavailable("the conversation with the bot is lost") from self._lost

    @property
    def is_lost(self) -> bool:
        """Whether nothing is asked of it any more."""
        return self._lost is not None

    def give_up(self, error: AssistantError) -> None:
        """Nothing is asked of it any more: somebody else has gone on with the call."""
        if self._lost is None:
            self._lost = error
        self._is_settled.set()
        self._changed.set()

    def pending(self) -> Activity | None:
        """What has come unasked, or late; None: nothing more."""
        activity = self._inbox.next()
        self._has_room.set()
        return activity

    def put_back(self, activity: Activity) -> None:
        """It did not come to what this wants to be done: it is the next again."""
        self._inbox.put_back(activity)

    def send(self, turn: Turn) -> None:
        """Have this sent.

        Raises:
            ModelOverloaded: Too much waits already.
        """
        self._inbox.sending(turn.client_id)
        try:
            self._outbox.put_nowait(turn)
        except asyncio.QueueFull as error:
            raise ModelOverloaded("the bot does not take what the caller says") from error

    async def answers(self, turn: Turn, first_ms: int) -> AsyncGenerator[Activity, None]:
        """What the bot says and does, until it waits for the caller or says nothing more; late answers too.

        Closing the iteration early abandons the turn: the caller has something else to say.

        Raises:
            AssistantError: Nothing has come, and will not.
        """
        wait_ms, has_answered, is_over = first_ms, False, False
        try:
            while True:
                activity = await self._next(turn, wait_ms, may_end=has_answered)
                if activity is None:
                    break
                if activity.kind is Kind.TYPING:
                    wait_ms = max(wait_ms, self._settings.answer_ms)
                    continue
                yield activity
                if activity.kind is Kind.MESSAGE and not self._inbox.is_late(activity, turn.client_id):
                    has_answered = True
                    # What has come with the question belongs to it.
                    wait_ms = 0 if activity.expects_input else self._settings.silence_ms
                elif activity.kind is not Kind.MESSAGE:
                    self._has_ended = self._has_ended or activity.kind is Kind.END
                    break
            is_over = True
        finally:
            if not is_over:
                self._inbox.abandon(turn.client_id)

    async def _next(self, turn: Turn, wait_ms: int, *, may_end: bool) -> Activity | None:
        """The next activity; None: the answer is over."""
        self._wanted.set()
        try:
            async with asyncio.timeout(wait_ms / 1000):
                while (activity := self.pending()) is None:
                    if self._lost is not None and may_end:
                        return None
                    self._check(turn, may_end=may_end)
                    self._changed.clear()
                    await self._changed.wait()
                return activity
        except TimeoutError as error:
            if may_end:
                return None
            raise ModelTimedOut(f"the bot did not answer within {wait_ms} ms") from error
        finally:
            self._wanted.clear()

    def _check(self, turn: Turn, *, may_end: bool) -> None:
        failure = self._lost or turn.failure
        if failure is not None and not may_end:
            raise ModelUnavailable("the bot cannot answer") from failure

    # -- the connection --------------------------------------------------------------------

    async def run(self) -> None:
        """Keep it up until cancelled, or lost. Never fails: whoever waits for an answer is told."""
        try:
            await self._live()
        except* AssistantError as failures:
            self._lose(failures)
        except* Exception as failures:  # noqa: BLE001 - the root of the task: a bug here must not end the call
            self._lose(failures)
        finally:
            await self._leave()

    async def _live(self) -> None:
        async with asyncio.timeout(self._settings.open_ms / 1000):
            self._opened = await self._begin()
        self._is_settled.set()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._receive(), name="bot-receive")
            tasks.create_task(self._send(), name="bot-send")
            tasks.create_task(self._refresh(), name="bot-refresh")

    async def _begin(self) -> Opened:
        async def started() -> Opened:
            return await self._client.start(await self._client.new_token(self.user))

        return await self._persist(started, self._settings.open_ms)

    def _lose(self, failures: BaseExceptionGroup[Exception]) -> None:
        first: BaseException = failures
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        _log.warning("event=bot_lost error=%s", type(first).__name__)
        lost = first if isinstance(first, AssistantError) else ModelUnavailable("the conversation with the bot failed")
        self.give_up(lost)

    async def _leave(self) -> None:
        """Tell the bot that the caller is gone; it may have to be told twice, but nobody waits for that."""
        opened, self._opened = self._opened, None
        self.give_up(ModelUnavailable("the call is over"))
        if opened is None or self._has_ended:
            return
        with contextlib.suppress(AssistantError, TimeoutError):
            async with asyncio.timeout(_LEAVE_S):
                await self._client.post(opened, end_of_conversation(self.user))

    async def _send(self) -> None:
        while True:
            turn = await self._outbox.get()
            try:
                self._inbox.sent(turn.client_id, await self._posted(turn))
            except ModelTimedOut:
                # The bot has it, as far as anybody knows: how long its answer is waited for is not decided here.
                _log.warning("event=bot_slow")
            except AssistantError as error:
                _log.warning("event=bot_refused error=%s", type(error).__name__)
                await asyncio.sleep(_SETTLE_S)
                turn.failure = error
                self._changed.set()

    async def _posted(self, turn: Turn) -> str:
        """Send it, once more only where it was certainly not taken: nothing is said to the bot twice."""
        try:
            return await self._client.post(self._current, turn.body)
        except ModelOverloaded as error:
            await asyncio.sleep(min(error.retry_after_s or 1.0, _LONGEST_RETRY_S))
        except NotConnected:
            await asyncio.sleep(0.25)
        except ModelRefused as error:
            await self._reopen(error)
        return await self._client.post(self._current, turn.body)

    async def _reopen(self, refused: ModelRefused) -> None:
        """Get a new token by the secret, if it is the old one that was refused.

        Raises:
            AssistantError: It was not, or there is no secret.
        """
        if refused.status not in _EXPIRED or not self._client.has_secret:
            raise refused
        self._renew(await self._client.resume(self._current, self._inbox.watermark, by_secret=True))

    async def _refresh(self) -> None:
        while True:
            expires_s = self._current.expires_s
            await asyncio.sleep(max(expires_s - _REFRESH_AHEAD_S, expires_s / 2))
            # Where this fails, others get a new one by the secret, or find the conversation lost.
            patience_ms = round(min(_REFRESH_AHEAD_S, expires_s / 2) * 1000)
            try:
                self._renew(await self._persist(lambda: self._client.refresh(self._current), patience_ms))
            except AssistantError as error:
                _log.warning("event=bot_token_not_refreshed error=%s", type(error).__name__)

    def _renew(self, opened: Opened) -> None:
        if self._opened is not None:
            self._opened = opened

    @property
    def _current(self) -> Opened:
        if self._opened is None:
            raise ModelUnavailable("the call is over")
        return self._opened

    async def _receive(self) -> None:
        opened, failures = self._current, 0
        while opened.stream_url and failures < _SOCKET_FAILURES_MAX:
            has_come = await self._stream(opened)
            failures = 0 if has_come else failures + 1
            opened = await self._persist(self._resumed, self._settings.lost_after_ms)
            self._renew(opened)
        await self._poll()

    async def _resumed(self) -> Opened:
        try:
            return await self._client.resume(self._current, self._inbox.watermark)
        except ModelRefused as error:
            await self._reopen(error)
        return self._current

    async def _stream(self, opened: Opened) -> bool:
        """Read the socket to its end; whether anything came, be it a sign of life."""
        has_come = False
        try:
            socket = await self._client.connect(opened)
        except AssistantError as error:
            _log.warning("event=bot_stream_refused error=%s", type(error).__name__)
            return False
        async with socket:
            async for received in socket:
                if received.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                    has_come = True
                    await self._take(received.data)
        _log.info("event=bot_stream_closed code=%s", socket.close_code)
        return has_come

    async def _take(self, data: str | bytes) -> None:
        try:
            received = decode(data)
        except AssistantError as error:
            _log.warning("event=bot_message_rejected error=%s", type(error).__name__)
            return
        self._inbox.take(received)
        self._changed.set()
        await self._room()

    async def _room(self) -> None:
        while self._inbox.is_full:
            self._has_room.clear()
            await self._has_room.wait()

    async def _poll(self) -> None:
        while True:
            received = await self._persist(self._polled, self._settings.lost_after_ms)
            self._inbox.take(received)
            if received.activities:
                self._changed.set()
            await self._room()
            if self._wanted.is_set():
                await asyncio.sleep(self._settings.poll_ms / 3_000)
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._settings.poll_ms / 1_000):
                    await self._wanted.wait()

    async def _polled(self) -> ActivitySet:
        try:
            return await self._client.activities(self._current, self._inbox.watermark)
        except ModelRefused as error:
            await self._reopen(error)
        return await self._client.activities(self._current, self._inbox.watermark)

    async def _persist(self, ask: Callable[[], Awaitable[_T]], patience_ms: int) -> _T:
        """Ask until there is an answer, or no hope of one."""
        pause_s, until = 0.1, asyncio.get_running_loop().time() + patience_ms / 1000
        while True:
            try:
                return await ask()
            except ModelRefused:
                raise
            except AssistantError as error:
                wanted_s = error.retry_after_s or 0.0 if isinstance(error, ModelOverloaded) else 0.0
                pause_s = min(max(pause_s * 2, wanted_s), _LONGEST_PAUSE_S)
                if asyncio.get_running_loop().time() + pause_s > until:
                    raise
            await asyncio.sleep(pause_s)
