"""The server under test in a process of its own: the real media route, conversation and uvicorn; services of ours.

What differs from ``server.py``: recognition, model and voice are replaced; calls are
announced over ``POST /calls`` instead of Event Grid and answered by nobody; nothing is
stored. Everything between the media socket and the ports is the real thing.

``python -m benchmarks.server_process ORDER`` prints its port and lives until its
standard input ends, so that it cannot outlive whoever started it.
"""

import asyncio
import gc
import json
import os
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent.assistant import Assistant
from agent.claim import Claim
from agent.dialogue import Dialogue
from benchmarks.delayed_services import (
    TimedWord,
)
from benchmarks.kept_records import Kept
from benchmarks.server_order import ServerOrder, ready, services_for, utc_now
from benchmarks.usage import Usage, usage_of
from calls.admission import Admission
from calls.doors import Refusals
from calls.incoming import IncomingCall
from calls.live import LiveCalls
from calls.media_socket import media_routes
from calls.ports import AnsweredCall, RejectReason, TransferTarget
from calls.session import CallSession
from calls.settings import LiveCallsSettings
from media.line import Line
from pipeline.answering import OpenerSettings
from pipeline.conversation import Conversation, ConversationSettings
from pipeline.ending import EndingSettings
from pipeline.turn_settings import TurnSettings
from providers.turn_end import TurnEndWords
from stores.records import CallRecord, RecordingRecord, ReminderRecord
from telemetry.observers import Observers
from telemetry.rendering import Telemetry

ROOT = Path(__file__).parent.parent
_START_TIMEOUT_S = 60.0


class NoCallControl:
    """A telephone service that accepts everything and connects nobody; keeps the media URLs."""

    def __init__(self) -> None:
        self.media_urls: dict[str, str] = {}
        self.answered = asyncio.Condition()

    async def answer(
        self, *, incoming_call_context: str, callback_url: str, media_url: str, operation_context: str
    ) -> AnsweredCall:
        """Keep the URL under the token of the call."""
        async with self.answered:
            self.media_urls[incoming_call_context] = media_url
            self.answered.notify_all()
        return AnsweredCall(operation_context, operation_context, operation_context)

    async def place(
        self, *, to_number: str, from_number: str, callback_url: str, media_url: str, operation_context: str
    ) -> AnsweredCall:
        """Nobody is called."""
        return AnsweredCall(operation_context, operation_context, operation_context)

    async def reject(self, *, incoming_call_context: str, reason: RejectReason) -> None:
        """Nobody rings."""

    async def transfer(self, call_connection_id: str, target: TransferTarget, *, operation_context: str) -> None:
        """Nobody is there."""

    async def invite(
        self, call_connection_id: str, target: TransferTarget, *, from_number: str, operation_context: str
    ) -> None:
        """Nobody is there."""

    async def start_recording(self, call_connection_id: str, *, state_callback_url: str) -> str:
        """Nothing is recorded."""
        return ""

    async def stop_recording(self, recording_id: str) -> None:
        """Nothing is recorded."""

    async def play(self, call_connection_id: str, url: str, *, operation_context: str) -> None:
        """Nobody listens."""

    async def cancel_play(self, call_connection_id: str) -> None:
        """Nothing is played."""

    async def start_media_streaming(self, call_connection_id: str) -> None:
        """The benchmark connects by itself."""

    async def start_continuous_dtmf(self, call_connection_id: str, participant: str) -> None:
        """Nobody presses a key."""

    async def stop_continuous_dtmf(self, call_connection_id: str, participant: str) -> None:
        """Nobody presses a key."""

    async def hang_up(self, call_connection_id: str) -> None:
        """Nobody is there."""

    async def ping(self) -> None:
        """Always well."""

    async def close(self) -> None:
        """Nothing to close."""


class NoCallLog:
    """Keeps no calls."""

    def call_started(self, call: CallRecord) -> None:
        """Forget it."""

    def call_ended(self, call_id: str, *, ended_at: datetime, reason: str) -> None:
        """Forget it."""

    def written(self, call_id: str, *, at: datetime, persona: str, text: str) -> None:
        """Forget it."""

    def reminder_set(self, reminder: ReminderRecord) -> None:
        """Forget it."""

    def recording_started(self, recording: RecordingRecord) -> None:
        """Forget it."""


def control_routes(
    live_calls: LiveCalls, control: NoCallControl, scripts: dict[str, list[TimedWord]], kept: Kept, assistant: Assistant
) -> list[Route]:
    """What the benchmark asks of the server, beside the media."""

    async def new_call(request: Request) -> Response:
        token = uuid.uuid4().hex
        incoming = IncomingCall(token, token, token, "+12025550199", "+12025550100", token)
        if live_calls.incoming(incoming) is not Admission.ACCEPTED:
            return Response(status_code=503)
        async with control.answered:
            await control.answered.wait_for(lambda: token in control.media_urls)
        path = "/media/" + control.media_urls.pop(token).partition("/media/")[2]
        call_id = path.split("/")[2]
        scripts[call_id] = [TimedWord(*word) for word in await request.json()]
        return JSONResponse({"call_id": call_id, "path": path})

    async def more_words(request: Request) -> Response:
        scripts[request.path_params["call_id"]] += [TimedWord(*word) for word in await request.json()]
        return JSONResponse({})

    async def records(request: Request) -> Response:
        told = kept.told.get(request.path_params["call_id"], [])
        return JSONResponse([asdict(record) | {"at": at, "record": type(record).__name__} for at, record in told])

    async def answers(request: Request) -> Response:
        found = kept.answers.get(request.path_params["call_id"], [])
        return JSONResponse([asdict(answer) | {"at": ""} for answer in found])

    async def totals(request: Request) -> Response:
        asked = {"model_calls": getattr(assistant, "asked", 0), "calls": live_calls.live_count}
        return JSONResponse(kept.totals | asked)

    return [
        Route("/calls", new_call, methods=["POST"]),
        Route("/words/{call_id}", more_words, methods=["POST"]),
        Route("/records/{call_id}", records),
        Route("/answers/{call_id}", answers),
        Route("/totals", totals),
    ]


async def serve(order: ServerOrder) -> None:
    """Serve until the standard input ends."""
    telemetry, kept, control = Telemetry(), Kept(), NoCallControl()
    scripts: dict[str, list[TimedWord]] = {}
    services = await ready(services_for(order, scripts, Observers(telemetry, kept)), order)
    settings = ConversationSettings(
        recordings_path=None if order.recordings is None else Path(order.recordings),
        turns=TurnSettings(
            ending=EndingSettings(words=TurnEndWords()) if order.turn_model else EndingSettings(),
            speculation_max_per_turn=order.speculation_max,
        ),
        openers=OpenerSettings(is_enabled=order.openers),
    )
    live_settings = LiveCallsSettings(public_url="http://127.0.0.1", max_calls=100_000)

    def converse(session: CallSession, line: Line) -> Conversation:
        return Conversation(session.call_id, line, Dialogue(Claim(())), services=services, settings=settings)

    async with LiveCalls(
        control, NoCallLog(), telemetry, live_settings, clock=time.monotonic, utc_now=utc_now
    ) as live_calls:
        routes = [
            *media_routes(live_calls, converse, token_door=None, refusals=Refusals()),
            *control_routes(live_calls, control, scripts, kept, services.assistant),
        ]
        server = uvicorn.Server(
            uvicorn.Config(
                Starlette(routes=routes),
                host="127.0.0.1",
                port=order.port,
                ws="websockets-sansio",
                ws_per_message_deflate=False,
                log_config=None,
                log_level="warning",
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=2,
            )
        )
        gc.collect()
        gc.freeze()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve(), name="serve")
            while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.01)
            port = server.servers[0].sockets[0].getsockname()[1]
            print(json.dumps({"port": port, "pid": os.getpid()}), flush=True)
            await asyncio.to_thread(sys.stdin.buffer.read)
            for call_id in tuple(live_calls.live_ids):  # a socket whose call is over closes by itself
                live_calls.hang_up(call_id)
            server.should_exit = True
    telemetry.close()


@dataclass(frozen=True, slots=True)
class NewCall:
    """A call that rings: its media socket may be opened."""

    call_id: str
    path: str


class ServerProcess:
    """The other side of ``serve``: starts it and asks it. ``async with ServerProcess(order) as server``."""

    def __init__(self, order: ServerOrder) -> None:
        self._order = order
        self._process: asyncio.subprocess.Process | None = None
        self._http: aiohttp.ClientSession | None = None
        self.port = 0
        self.pid = 0

    def command(self) -> tuple[str, ...]:
        """What starts it."""
        return (sys.executable, "-m", "benchmarks.server_process", json.dumps(asdict(self._order)))

    async def __aenter__(self) -> Self:
        """Start it and wait until it listens.

        Raises:
            RuntimeError, TimeoutError: It does not start; its standard error says why.
        """
        self._process = process = await asyncio.create_subprocess_exec(
            *self.command(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        assert process.stdout is not None
        async with asyncio.timeout(_START_TIMEOUT_S):
            line = await process.stdout.readline()
        if not line:
            raise RuntimeError("the server under test did not start")
        started = json.loads(line)
        self.port, self.pid = started["port"], started["pid"]
        # A connection that is kept may be closed by the server at the moment at which it is used again.
        connector = aiohttp.TCPConnector(force_close=True)
        self._http = aiohttp.ClientSession(f"http://127.0.0.1:{self.port}", trust_env=False, connector=connector)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        if self._http is not None:
            await self._http.close()
        process = self._process
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            async with asyncio.timeout(10):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def new_call(self, words: Sequence[TimedWord] = ()) -> NewCall:
        """Let a call ring in which these words will be said."""
        assert self._http is not None
        body = [[word.text, word.start_sample, word.end_sample] for word in words]
        async with self._http.post("/calls", json=body) as response:
            response.raise_for_status()
            return NewCall(**await response.json())

    async def answers(self, call_id: str) -> list[dict[str, Any]]:
        """The answers of a call as the server measured them: ``AnswerMeasured``, as JSON."""
        return list(await self._get(f"/answers/{call_id}"))

    async def add_words(self, call_id: str, words: Sequence[TimedWord]) -> None:
        """Further words will be said in a call that is up; before they are."""
        assert self._http is not None
        body = [[word.text, word.start_sample, word.end_sample] for word in words]
        async with self._http.post(f"/words/{call_id}", json=body) as response:
            response.raise_for_status()

    async def records(self, call_id: str) -> list[dict[str, Any]]:
        """What turn-taking told of a call, in order: ``record`` names the class, ``at`` is a monotonic second."""
        return list(await self._get(f"/records/{call_id}"))

    async def totals(self) -> dict[str, int]:
        """Counts over all calls so far."""
        return dict(await self._get("/totals"))

    def usage(self) -> Usage:
        """What it has used so far, and its core."""
        return usage_of(self.pid, self._order.core or 0)

    async def _get(self, path: str) -> Any:
        assert self._http is not None
        async with self._http.get(path) as response:
            response.raise_for_status()
            return await response.json()


def main(arguments: Sequence[str]) -> None:
    """Serve what is ordered, on the loop that the server runs on."""
    order = ServerOrder(**json.loads(arguments[0]))
    if order.core is not None:
        os.sched_setaffinity(0, {order.core})
    loop_factory = uvicorn.Config("benchmarks.server_process:serve", loop="auto", log_config=None).get_loop_factory()
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(serve(order))


if __name__ == "__main__":
    main(sys.argv[1:])
