"""OpenAI's Realtime API: a model that hears and speaks, as one stage of a call.

The service keeps the dialogue and writes down what it hears; its own detection of turns is
off, since ours decides. Sound passes through as it is: 24 kHz, 16 bit, both ways.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import openai
from openai.resources.realtime.realtime import AsyncRealtimeConnection
from websockets.exceptions import InvalidStatus, WebSocketException

from agent.chat import ToolCall, ToolSpec
from agent.dialogue import Message
from agent.errors import AssistantError, ModelBrokeOff, ModelTimedOut, ModelUnavailable
from agent.facts import ModelUsage
from agent.model_records import ModelUsed, ObserveModel, unobserved
from pipeline.ports import ItemSpoken, SpokenPart, SpokenSound, SpokenText, Transcribed, Used
from providers import realtime_events as wire
from providers.openai_endpoint import OpenAIEndpoint
from providers.openai_errors import explained, refused_session
from providers.realtime_events import SessionSettings

_ORDERS_MAX: Final = 4_000
"""Overflow rule: the session is given up; more than a minute of sound waits then, and the connection is dead."""
_PARTS_MAX: Final = 500
"""Overflow rule: the service waits; what it says far ahead may never be heard."""
_NOT_OUR_CONCERN: Final = frozenset({"response_cancel_not_active"})
"""Errors that only say that somebody was quicker."""

_log = logging.getLogger("antiphon.providers.realtime")


@dataclass(frozen=True, slots=True, kw_only=True)
class RealtimeSettings:
    """How the model is asked, and how long it is waited for."""

    session: SessionSettings = field(default_factory=SessionSettings)
    first_part_ms: int = 4_000
    """From the request to the first word or sound."""
    stall_ms: int = 3_000
    """From one such part to the next."""
    timeout_s: float = 10.0
    """Longest wait for a connection."""


class OpenAIRealtime:
    """A model at an endpoint; satisfies ``pipeline.ports.SpeechModel``. Shared by all calls.

    Args:
        endpoint: Where it is.
        model: The model, or with Azure the deployment.
        settings: See there.
        observe: Told what each answer cost.
    """

    sample_rate_hz = wire.RATE_HZ

    def __init__(
        self,
        endpoint: OpenAIEndpoint,
        model: str,
        settings: RealtimeSettings = RealtimeSettings(),
        observe: ObserveModel = unobserved,
    ) -> None:
        self._client = endpoint.client(settings.timeout_s)
        self._model = model
        self._settings = settings
        self._observe = observe

    async def warm_up(self) -> None:
        """Connect once, and leave.

        Raises:
            AssistantError: It cannot be reached, or refuses us.
        """
        await (await self._connect()).close()

    async def open(
        self, call_id: str, messages: Sequence[Message], on_transcript: Transcribed, on_usage: Used
    ) -> "RealtimeSession":
        """Begin a session that knows what was said before.

        Raises:
            AssistantError: It cannot be reached, or refuses us.
        """

        def used(record: ModelUsed) -> None:
            self._observe(record)
            tokens = record.usage
            on_usage(ModelUsage(record.model, tokens.prompt_tokens, tokens.completion_tokens, tokens.cached_tokens))

        session = RealtimeSession(await self._connect(), self._model, self._settings, on_transcript, used)
        session.begin(messages)
        return session

    async def close(self) -> None:
        """Close what sessions do not close themselves."""
        await self._client.close()

    async def _connect(self) -> AsyncRealtimeConnection:
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                return await self._client.realtime.connect(model=self._model).enter()
        except openai.OpenAIError as error:
            raise explained(error) from error
        except TimeoutError as error:
            raise ModelTimedOut("the model did not open a session in time") from error
        except InvalidStatus as error:
            raise refused_session(error.response.status_code) from error
        except (OSError, WebSocketException) as error:
            raise ModelUnavailable(f"no session with the model could be opened: {type(error).__name__}") from error


class _Response:
    """One answer on its way from the reader to whoever asked."""

    def __init__(self, event_id: str) -> None:
        self.event_id = event_id
        self.response_id = ""
        self.parts: asyncio.Queue[SpokenPart | AssistantError | None] = asyncio.Queue(_PARTS_MAX)
        self.is_left = False
        """Nobody listens any more."""

    async def put(self, part: SpokenPart | AssistantError | None) -> None:
        """Pass something on; None is the end."""
        if not self.is_left:
            await self.parts.put(part)

    def leave(self) -> None:
        """Throw away what has come; whoever waits to pass on more is let go."""
        self.is_left = True
        while not self.parts.empty():
            self.parts.get_nowait()


class RealtimeSession:
    """One call's connection; satisfies ``pipeline.ports.SpeechSession``. Made by ``OpenAIRealtime.open``."""

    def __init__(
        self,
        connection: AsyncRealtimeConnection,
        model: str,
        settings: RealtimeSettings,
        on_transcript: Transcribed,
        observe: Callable[[ModelUsed], None],
    ) -> None:
        self._connection = connection
        self._model = model
        self._settings = settings
        self._on_transcript = on_transcript
        self._observe = observe
        self._orders: asyncio.Queue[str] = asyncio.Queue(_ORDERS_MAX)
        self._overflowed = asyncio.Event()
        self._asked: deque[_Response] = deque(maxlen=8)
        """Of which the service has not said that it has begun; one at a time, but for those that it ignored."""
        self._current: _Response | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self._asked_count = 0
        self._commit_count = 0
        self._uncertain: deque[int] = deque(maxlen=32)
        """Numbers of commits that the service has not confirmed yet."""
        self._items: dict[str, int] = {}
        """Number of the commit, by the item that it has become, until its words are there."""
        self._is_lost = False

    # -- orders -------------------------------------------------------------------------

    def begin(self, messages: Sequence[Message]) -> None:
        """Say how the session is to be, and what was said before."""
        self._send(wire.session_update(self._settings.session))
        for message in messages:
            self._send(wire.said_before(message))

    def append(self, pcm: bytes) -> None:
        """Let it hear the next sound of the caller."""
        self._order(wire.append(pcm))

    def clear(self) -> None:
        """Let it forget what it has heard since the last ``commit``."""
        self._send({"type": "input_audio_buffer.clear"})

    def commit(self) -> int:
        """All that it has heard since the last time is what the caller said."""
        self._commit_count += 1
        self._uncertain.append(self._commit_count)
        self._send({"type": "input_audio_buffer.commit"})
        return self._commit_count

    def add_text(self, text: str) -> None:
        """The caller has told this without a voice."""
        self._send(wire.told(text))

    def tool_result(self, call_id: str, text: str) -> None:
        """What a tool answered."""
        self._send(wire.tool_result(call_id, text))

    def cut(self, item_id: str, heard_ms: int) -> None:
        """The caller has heard only so much of this item."""
        self._send(wire.cut(item_id, heard_ms))

    def _send(self, event: wire.Event) -> None:
        self._order(wire.encode(event))

    def _order(self, data: str) -> None:
        try:
            self._orders.put_nowait(data)
        except asyncio.QueueFull:
            self._overflowed.set()

    # -- answers ------------------------------------------------------------------------

    async def respond(self, instructions: str, tools: Sequence[ToolSpec]) -> AsyncGenerator[SpokenPart, None]:
        """Answer; closing or cancelling the iteration stops the answer.

        Raises:
            AssistantError: It failed, before or amid the sound.
        """
        await self._be_idle()
        self._asked_count += 1
        response = _Response(f"respond-{self._asked_count}")
        self._asked.append(response)
        self._current = response
        self._idle.clear()
        self._send(wire.response_create(response.event_id, instructions, tools))
        is_over = False
        wait_ms = self._settings.first_part_ms
        try:
            while True:
                try:
                    async with asyncio.timeout(wait_ms / 1000):
                        part = await response.parts.get()
                except TimeoutError as error:
                    raise ModelTimedOut(f"nothing came from the model for {wait_ms} ms") from error
                if part is None or isinstance(part, AssistantError):
                    is_over = True
                    if part is not None:
                        raise part
                    return
                wait_ms = self._settings.stall_ms
                yield part
        finally:
            response.leave()
            if not is_over and not self._is_lost:
                self._cancel(response)

    async def _be_idle(self) -> None:
        """The service does one thing at a time: what was stopped has to end first."""
        if self._is_lost:
            raise ModelUnavailable("the session is lost")
        try:
            async with asyncio.timeout(self._settings.first_part_ms / 1000):
                await self._idle.wait()
        except TimeoutError as error:
            raise ModelTimedOut("the model does not end what it was told to stop") from error

    def _cancel(self, response: _Response) -> None:
        # Which one it is, is not known before it has begun; there is only one.
        which = {"response_id": response.response_id} if response.response_id else {}
        self._send({"type": "response.cancel", **which})

    # -- the connection -----------------------------------------------------------------

    async def run(self) -> None:
        """Carry sound and events until cancelled.

        Raises:
            AssistantError: The connection is lost, or the session is over.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._write(), name="realtime-write")
                tasks.create_task(self._give_up(), name="realtime-give-up")
                await self._read()
        except* (WebSocketException, OSError, openai.OpenAIError, AssistantError) as failures:
            first = failures.exceptions[0]
            raise ModelBrokeOff(f"the session with the model was lost: {type(first).__name__}") from first
        finally:
            await self._lose()

    async def close(self) -> None:
        """End the session. Idempotent."""
        self._is_lost = True
        with contextlib.suppress(WebSocketException, OSError, openai.OpenAIError):
            await self._connection.close()

    async def _write(self) -> None:
        while True:
            await self._connection.send_raw(await self._orders.get())

    async def _give_up(self) -> None:
        await self._overflowed.wait()
        raise ModelBrokeOff("the service does not take what it is sent")

    async def _read(self) -> None:
        while True:
            await self._take(wire.decode(await self._connection.recv_bytes()))

    async def _lose(self) -> None:
        self._is_lost = True
        if self._current is not None:
            current, self._current = self._current, None
            if current.parts.full():
                current.leave()
                current.is_left = False
            await current.put(ModelBrokeOff("the session was lost amid an answer"))

    async def _take(self, event: dict[str, Any]) -> None:
        kind: str = event["type"]
        if kind.startswith("response."):
            await self._take_response(kind, event)
        elif kind == "input_audio_buffer.committed":
            if self._uncertain:
                self._items[str(event.get("item_id"))] = self._uncertain.popleft()
        elif kind == "conversation.item.input_audio_transcription.completed":
            commit = self._items.pop(str(event.get("item_id")), None)
            text = str(event.get("transcript") or "").strip()
            if commit is not None and text:
                self._on_transcript(commit, text)
        elif kind == "conversation.item.input_audio_transcription.failed":
            self._items.pop(str(event.get("item_id")), None)
        elif kind == "error":
            await self._take_error(event)

    async def _take_response(self, kind: str, event: dict[str, Any]) -> None:
        if kind == "response.created":
            if self._asked:
                self._asked.popleft().response_id = str(event.get("response", {}).get("id") or "")
            return
        response_id = event.get("response_id") or event.get("response", {}).get("id")
        if kind == "response.done" and (tokens := wire.usage(event)) is not None:
            self._observe(ModelUsed(self._model, tokens))
        current = self._current
        if current is None or response_id != current.response_id:
            return  # of one that was stopped
        match kind:
            case "response.output_audio.delta":
                pcm = wire.pcm_of(event)
                if pcm:
                    await current.put(SpokenSound(str(event.get("item_id")), pcm))
            case "response.output_audio_transcript.delta":
                if event.get("delta"):
                    await current.put(SpokenText(str(event.get("item_id")), str(event["delta"])))
            case "response.output_item.done":
                await self._take_item(current, event)
            case "response.done":
                self._current = None
                self._idle.set()
                await current.put(wire.failure_of(event))

    async def _take_item(self, current: _Response, event: dict[str, Any]) -> None:
        call: ToolCall | None = wire.tool_call(event)
        item = event.get("item") or {}
        if call is not None:
            await current.put(call)
        elif item.get("type") == "message" and item.get("id"):
            await current.put(ItemSpoken(str(item["id"])))

    async def _take_error(self, event: dict[str, Any]) -> None:
        error = event.get("error") or {}
        code = str(error.get("code") or "")
        if code in _NOT_OUR_CONCERN:
            return
        _log.warning("event=realtime_error code=%s", code if code.isidentifier() else "unnamed")
        if code == "input_audio_buffer_commit_empty" and self._uncertain:
            self._uncertain.popleft()
        refused = next((each for each in self._asked if each.event_id == error.get("event_id")), None)
        if refused is None:
            return
        self._asked.remove(refused)
        if self._current is refused:
            self._current = None
            self._idle.set()
        await refused.put(wire.failure(error))
