"""One socket of the pretended Realtime service: what it knows of the conversation, and what it answers."""

import asyncio
import base64
import binascii
import contextlib
import json
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from starlette.websockets import WebSocket, WebSocketDisconnect

from emulators.realtime_script import RealtimeScript, Spoken

RATE_HZ: Final = 24_000
_BYTES_PER_MS: Final = RATE_HZ * 2 // 1000
_LEAST_COMMIT_MS: Final = 100
_PCM: Final = {"type": "audio/pcm", "rate": RATE_HZ}

Event = dict[str, Any]


@dataclass(slots=True)
class Item:
    """Something that was said."""

    role: str
    audio_ms: int = 0
    """Sent so far, of an answer."""
    text: str = ""
    is_deleted: bool = False


@dataclass(slots=True)
class _Answer:
    response_id: str
    item_id: str
    task: asyncio.Task[None] | None = None
    is_cancelled: bool = False
    output: list[Event] = field(default_factory=list)


class _Refused(Exception):
    """The service answers this with an error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class RealtimeConversation:
    """The service's side of one socket."""

    def __init__(self, socket: WebSocket, script: RealtimeScript) -> None:
        self._socket = socket
        self._script = script
        self.session: Event = {}
        """As the client has set it last."""
        self.responses: list[Event] = []
        """What each answer was asked with."""
        self.items: dict[str, Item] = {}
        self.told: list[Event] = []
        """Items that the client has created."""
        self.commits_ms: list[int] = []
        """How much sound each turn of the caller had."""
        self.cuts: list[tuple[str, int]] = []
        self.cancels = 0
        self._buffer = bytearray()
        self._answer: _Answer | None = None
        self._count = 0
        self._sending = asyncio.Lock()

    async def run(self) -> None:
        """Serve until either side leaves."""
        await self._send({"type": "session.created", "session": {"type": "realtime", "id": "sess_1"}})
        with contextlib.suppress(WebSocketDisconnect):
            await self._serve()

    async def _serve(self) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                try:
                    while True:
                        await self._take(json.loads(await self._socket.receive_text()), tasks)
                finally:
                    if self._answer is not None and self._answer.task is not None:
                        self._answer.task.cancel()
        except* (WebSocketDisconnect, RuntimeError) as gone:
            raise WebSocketDisconnect from gone

    async def _take(self, event: Event, tasks: asyncio.TaskGroup) -> None:
        try:
            match event.get("type"):
                case "session.update":
                    await self._update(event.get("session") or {})
                case "input_audio_buffer.append":
                    self._append(event)
                case "input_audio_buffer.clear":
                    self._buffer.clear()
                    await self._send({"type": "input_audio_buffer.cleared"})
                case "input_audio_buffer.commit":
                    await self._commit()
                case "conversation.item.create":
                    await self._create(event.get("item") or {})
                case "conversation.item.truncate":
                    await self._truncate(event)
                case "conversation.item.delete":
                    await self._delete(event)
                case "response.create":
                    await self._respond(event, tasks)
                case "response.cancel":
                    await self._cancel()
                case kind:
                    raise _Refused("invalid_value", f"{kind} is no client event")
        except _Refused as refusal:
            if refusal.code != "response_cancel_not_active":
                self._script.violations.append(f"{event.get('type')}: {refusal}")
            error = {"type": "invalid_request_error", "code": refusal.code, "message": str(refusal)}
            await self._send({"type": "error", "error": {**error, "event_id": event.get("event_id")}})

    # -- what the client says -----------------------------------------------------------

    async def _update(self, session: Event) -> None:
        audio = session.get("audio") or {}
        formats = [(audio.get(side) or {}).get("format") for side in ("input", "output")]
        if session.get("type") != "realtime" or formats != [_PCM, _PCM]:
            raise _Refused("invalid_value", "the session is not of the general release's form, at 24 kHz")
        if (audio.get("input") or {}).get("turn_detection", "absent") is not None:
            raise _Refused("invalid_value", "this emulator does not detect turns: turn_detection must be null")
        self.session = session
        await self._send({"type": "session.updated", "session": session})

    def _append(self, event: Event) -> None:
        try:
            pcm = base64.b64decode(event["audio"], validate=True)
        except (KeyError, TypeError, binascii.Error) as error:
            raise _Refused("invalid_value", "audio is not base64") from error
        if len(pcm) % 2:
            raise _Refused("invalid_value", "audio has half a sample")
        self._buffer += pcm

    async def _commit(self) -> None:
        milliseconds = len(self._buffer) // _BYTES_PER_MS
        self._buffer.clear()
        if milliseconds < _LEAST_COMMIT_MS:
            raise _Refused("input_audio_buffer_commit_empty", f"the buffer has {milliseconds} ms")
        self.commits_ms.append(milliseconds)
        item_id = self._new("item")
        text = self._script.next_heard()
        self.items[item_id] = Item("user", milliseconds, text or "")
        await self._send({"type": "input_audio_buffer.committed", "item_id": item_id, "previous_item_id": None})
        await self._added(item_id, {"id": item_id, "type": "message", "role": "user", "status": "completed"})
        kind = "conversation.item.input_audio_transcription"
        if text is None:
            failure = {"type": "server_error", "code": "x", "message": "failed"}
            await self._send({"type": f"{kind}.failed", "item_id": item_id, "content_index": 0, "error": failure})
            return
        await self._send({"type": f"{kind}.delta", "item_id": item_id, "content_index": 0, "delta": text})
        await self._send({"type": f"{kind}.completed", "item_id": item_id, "content_index": 0, "transcript": text})

    async def _create(self, item: Event) -> None:
        if item.get("type") not in ("message", "function_call_output"):
            raise _Refused("invalid_value", "there is no such type of item")
        known = {call["call_id"] for answer in self.responses for call in answer.get("calls", ())}
        if item["type"] == "function_call_output" and item.get("call_id") not in known:
            raise _Refused("invalid_value", "no such call was made")
        item_id = item.get("id") or self._new("item")
        self.told.append(item)
        self.items[item_id] = Item(item.get("role", "tool"))
        await self._added(item_id, {**item, "id": item_id, "status": "completed"})

    async def _truncate(self, event: Event) -> None:
        item, end_ms = self._item(event), event.get("audio_end_ms")
        if item.role != "assistant" or event.get("content_index") != 0:
            raise _Refused("invalid_value", "only the sound of an answer can be truncated")
        if not isinstance(end_ms, int) or not 0 <= end_ms <= item.audio_ms:
            raise _Refused("invalid_value", f"audio_end_ms is {end_ms}, of {item.audio_ms}")
        item.audio_ms = end_ms
        self.cuts.append((event["item_id"], end_ms))
        told = {"item_id": event["item_id"], "content_index": 0, "audio_end_ms": end_ms}
        await self._send({"type": "conversation.item.truncated", **told})

    async def _delete(self, event: Event) -> None:
        self._item(event).is_deleted = True
        self.cuts.append((event["item_id"], -1))
        await self._send({"type": "conversation.item.deleted", "item_id": event["item_id"]})

    def _item(self, event: Event) -> Item:
        item = self.items.get(event.get("item_id") or "")
        if item is None or item.is_deleted:
            raise _Refused("item_not_found", f"there is no item {event.get('item_id')}")
        return item

    async def _cancel(self) -> None:
        if self._answer is None or self._answer.is_cancelled:
            raise _Refused("response_cancel_not_active", "nothing is being answered")
        self.cancels += 1
        answer, self._answer = self._answer, None
        answer.is_cancelled = True
        if answer.task is not None:
            answer.task.cancel()
        await self._done(answer, {"status": "cancelled", "status_details": {"reason": "client_cancelled"}})

    # -- what the service answers ---------------------------------------------------------

    async def _respond(self, event: Event, tasks: asyncio.TaskGroup) -> None:
        if self._answer is not None:
            raise _Refused("conversation_already_has_active_response", "an answer is being given")
        step = self._script.next_step()
        if step is None:
            raise _Refused("server_error", "no step of the script is left")
        calls = [{"call_id": self._new("call"), "name": call.name, "arguments": call.arguments} for call in step.calls]
        self.responses.append({**(event.get("response") or {}), "calls": calls})
        answer = self._answer = _Answer(self._new("resp"), self._new("item"))
        await self._send({"type": "response.created", "response": self._response(answer, {"status": "in_progress"})})
        answer.task = tasks.create_task(self._say(answer, step, calls), name="realtime-answer")

    async def _say(self, answer: _Answer, step: Spoken, calls: list[Event]) -> None:
        await asyncio.sleep(step.delay_ms / 1000)
        if step.text:
            await self._say_words(answer, step)
        for number, call in enumerate(calls, start=1):
            item = {"id": self._new("item"), "type": "function_call", "status": "completed", **call}
            where = {"response_id": answer.response_id, "output_index": number}
            await self._send({"type": "response.output_item.added", **where, "item": item})
            spelled = {"item_id": item["id"], "call_id": call["call_id"]}
            done = {"name": call["name"], "arguments": call["arguments"]}
            await self._send({"type": "response.function_call_arguments.done", **where, **spelled, **done})
            await self._send({"type": "response.output_item.done", **where, "item": item})
            answer.output.append(item)
        ending: Event = {"status": "completed"}
        if step.error_code:
            error = {"type": "server_error", "code": step.error_code, "message": "scripted"}
            ending = {"status": "failed", "status_details": {"type": "failed", "error": error}}
        elif step.is_filtered:
            ending = {"status": "incomplete", "status_details": {"type": "incomplete", "reason": "content_filter"}}
        self._answer = None
        await self._done(answer, ending)

    async def _say_words(self, answer: _Answer, step: Spoken) -> None:
        where = {"response_id": answer.response_id, "output_index": 0}
        part = {**where, "item_id": answer.item_id, "content_index": 0}
        message: Event = {"id": answer.item_id, "type": "message", "role": "assistant", "content": []}
        item = self.items[answer.item_id] = Item("assistant", text=step.text)
        await self._send({"type": "response.output_item.added", **where, "item": message})
        await self._added(answer.item_id, message)
        sound = base64.b64encode(_word(step.word_ms)).decode()
        for number, word in enumerate(step.text.split()):
            if number == step.breaks_after_words:
                await self._socket.close(1011)
                raise WebSocketDisconnect(1011)
            if number == step.stalls_after_words:
                await asyncio.Event().wait()
            spelled = word if number == 0 else f" {word}"
            await self._send({"type": "response.output_audio_transcript.delta", **part, "delta": spelled})
            item.audio_ms += step.word_ms
            await self._send({"type": "response.output_audio.delta", **part, "delta": sound})
            await asyncio.sleep(step.word_ms / 1000 / step.times_real_time)
        await self._send({"type": "response.output_audio.done", **part})
        await self._send({"type": "response.output_audio_transcript.done", **part, "transcript": step.text})
        content = [{"type": "output_audio", "transcript": step.text}]
        whole = {**message, "status": "completed", "content": content}
        answer.output.append(whole)
        await self._send({"type": "response.output_item.done", **where, "item": whole})

    async def _done(self, answer: _Answer, ending: Event) -> None:
        usage = {
            "input_tokens": 20,
            "output_tokens": 10,
            "total_tokens": 30,
            "input_token_details": {"cached_tokens": 5},
        }
        response = self._response(answer, {**ending, "usage": usage, "output": answer.output})
        await self._send({"type": "response.done", "response": response})

    def _response(self, answer: _Answer, fields: Event) -> Event:
        return {"id": answer.response_id, "object": "realtime.response", "output": [], **fields}

    async def _added(self, item_id: str, item: Event) -> None:
        await self._send({"type": "conversation.item.added", "previous_item_id": None, "item": item})
        await self._send({"type": "conversation.item.done", "previous_item_id": None, "item": {**item, "id": item_id}})

    def _new(self, kind: str) -> str:
        self._count += 1
        return f"{kind}_{self._count}"

    async def _send(self, event: Event) -> None:
        async with self._sending:
            await self._socket.send_text(json.dumps({"event_id": self._new("event"), **event}))


def _word(milliseconds: int) -> bytes:
    """The sound of any word: a hum that swells and fades."""
    times = np.arange(milliseconds * RATE_HZ // 1000) / RATE_HZ
    swell = np.sin(np.pi * np.arange(len(times)) / max(1, len(times)))
    wave = np.sin(2 * np.pi * 160 * times) + 0.5 * np.sin(2 * np.pi * 700 * times)
    return (6_000 * (0.3 + 0.7 * swell) * wave).astype("<i2").tobytes()
