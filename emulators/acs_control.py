"""The handle on a running emulator: what a person, a script or ``python -m emulators.acs`` may ask of it.

    GET  /emulator                      what to configure a server with
    GET  /emulator/calls                all calls
    POST /emulator/calls                {"scenario" | "wav", "from", "webhook"}: ring the server
    GET  /emulator/messages             the messages that the server sent
    POST /emulator/messages             {"from", "text", "twilio_webhook"}: send it one
    POST /emulator/faults               {"call", …}: a fault, with the keys that it has in a scenario
    PUT  /emulator/numbers/{number}     {"pick_up", "after_s", "stays_s"}: what a number does from now on
    POST /emulator/webhooks             {"url", "schema", "event_types", "retry_delays_s", "deliveries"}
    GET  /emulator/recordings           the files of recordings

Unsigned, and served on loopback only. Bodies must be declared as JSON, which keeps
web pages of others from posting here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulators.acs_requests import read_body
from emulators.call_result import CallEvent, CallResult
from emulators.errors import DeliveryFailed, EmulatorError, RequestRefused
from emulators.event_grid import Schema
from emulators.grid_events import recording_locations
from emulators.grid_subscriptions import Subscription
from emulators.network_script import PickUp, Reaction
from emulators.phone import PhoneNetwork
from emulators.scenario import Line, Scenario
from emulators.scenario_file import load_scenario, parse_fault, sample_scenario
from emulators.switchboard import Leg
from pipeline.errors import SynthesisError
from pipeline.ports import TextToSpeech


class _Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all bodies share: no unknown names."""


class RingBody(_Body, frozen=True, kw_only=True):
    """Ring the server."""

    scenario: str = "water_damage"
    """A sample by its name, or the path of a YAML file."""
    wav: str | None = None
    """Instead: the path of a WAV file, said once the assistant has greeted."""
    caller: str | None = msgspec.field(name="from", default=None)
    webhook: str | None = None


class MessageBody(_Body, frozen=True, kw_only=True):
    """Send the server a message."""

    sender: str = msgspec.field(name="from")
    text: str
    twilio_webhook: str | None = None


class NumberBody(_Body, frozen=True, kw_only=True):
    """What a number does from now on."""

    pick_up: PickUp
    after_s: float = 0.0
    stays_s: float | None = None


class WebhookBody(_Body, frozen=True, kw_only=True):
    """Tell a webhook of events."""

    url: str
    schema: Literal["event_grid", "cloud_events"] = "event_grid"
    event_types: list[str] = msgspec.field(default_factory=list)
    retry_delays_s: list[float] = msgspec.field(default_factory=list)
    deliveries: int = 1


Endpoint = Callable[[Request], Awaitable[Response]]


class AcsControl:
    """The routes; ``network`` must be set before the first request.

    Args:
        voice: The callers'; None when only WAV files are played.
        subscription: The webhook where calls ring, unless they say otherwise, and how.
        told: Takes the caller's number and each event of a call, to be shown.
        ended: Takes the result of each call that was rung from here.
    """

    def __init__(
        self,
        *,
        voice: TextToSpeech,
        subscription: Subscription,
        told: Callable[[str, CallEvent], None],
        ended: Callable[[str, CallResult], None],
    ) -> None:
        self.network: PhoneNetwork | None = None
        self.failures: list[str] = []
        self._voice = voice
        self._subscription = subscription
        self._told = told
        self._ended = ended

    def routes(self) -> list[Route]:
        """What is served."""
        return [
            Route("/emulator", self._guarded(self._overview), methods=["GET"]),
            Route("/emulator/calls", self._guarded(self._calls), methods=["GET"]),
            Route("/emulator/calls", self._guarded(self._ring), methods=["POST"]),
            Route("/emulator/messages", self._guarded(self._messages), methods=["GET"]),
            Route("/emulator/messages", self._guarded(self._send), methods=["POST"]),
            Route("/emulator/faults", self._guarded(self._fault), methods=["POST"]),
            Route("/emulator/numbers/{number}", self._guarded(self._number), methods=["PUT"]),
            Route("/emulator/webhooks", self._guarded(self._webhook), methods=["POST"]),
            Route("/emulator/recordings", self._guarded(self._recordings), methods=["GET"]),
        ]

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        async def guarded(request: Request) -> Response:
            if request.method != "GET" and not request.headers.get("content-type", "").startswith("application/json"):
                return JSONResponse({"error": "Content-Type must be application/json"}, status_code=415)
            try:
                return await endpoint(request)
            except RequestRefused as refused:
                return JSONResponse({"error": str(refused)}, status_code=refused.status)
            except DeliveryFailed as failed:
                return JSONResponse({"error": str(failed)}, status_code=502)
            except EmulatorError as error:
                return JSONResponse({"error": str(error)}, status_code=400)

        return guarded

    @property
    def _up(self) -> PhoneNetwork:
        if self.network is None:
            raise RuntimeError("the control has no network")
        return self.network

    async def _overview(self, request: Request) -> Response:
        network = self._up
        return JSONResponse(
            {
                "endpoint": network.endpoint,
                "access_key": network.access_key,
                "number": network.callee_number,
                "webhook": self._subscription.webhook_url,
                "twilio": {"account_sid": network.twilio.account_sid, "auth_token": network.twilio.auth_token},
                "refusals": network.refusals,
                "undelivered": network.grid.undelivered,
                "failures": self.failures,
            }
        )

    async def _calls(self, request: Request) -> Response:
        return JSONResponse([_described(leg) for leg in self._up.legs])

    async def _ring(self, request: Request) -> Response:
        ring = read_body(await request.body(), RingBody)
        scenario = _scenario(ring)
        self._up.spawn(self._call(scenario, ring.webhook or self._subscription.webhook_url))
        return JSONResponse({"from": scenario.caller_number, "scenario": scenario.name}, status_code=202)

    async def _call(self, scenario: Scenario, webhook_url: str) -> None:
        number = scenario.caller_number
        try:
            if webhook_url == self._subscription.webhook_url:
                await self._up.subscribe(webhook_url, self._subscription)
            result = await self._up.call(
                scenario,
                voice=self._voice,
                webhook_url=webhook_url,
                listener=lambda event: self._told(number, event),
            )
        except (EmulatorError, SynthesisError) as error:
            self.failures.append(f"{number}: {error}")
            self._told(number, CallEvent(0.0, "failed", str(error)))
        else:
            self._ended(number, result)

    async def _messages(self, request: Request) -> Response:
        return JSONResponse(
            [
                {"from": sms.sender, "to": sms.recipient, "text": sms.text, "message_id": sms.message_id}
                for sms in self._up.sms.sent
            ]
        )

    async def _send(self, request: Request) -> Response:
        message = read_body(await request.body(), MessageBody)
        if message.twilio_webhook is not None:
            sms = await self._up.send_twilio_sms(message.twilio_webhook, message.sender, message.text)
        else:
            await self._up.subscribe(self._subscription.webhook_url, self._subscription)
            sms = await self._up.send_sms(message.sender, message.text)
        return JSONResponse({"message_id": sms.message_id})

    async def _fault(self, request: Request) -> Response:
        fault = dict(read_body_of_anything(await request.body()))
        call = str(fault.pop("call", ""))
        self._up.inject(call or self._only_call(), parse_fault(fault))
        return Response(status_code=204)

    def _only_call(self) -> str:
        alive = [leg.call_connection_id for leg in self._up.legs if leg.is_alive]
        if len(alive) != 1:
            raise RequestRefused(400, "BadRequest", f"call: is needed, {len(alive)} calls are up")
        return alive[0]

    async def _number(self, request: Request) -> Response:
        body = read_body(await request.body(), NumberBody)
        reaction = Reaction(body.pick_up, after_s=body.after_s, stays_s=body.stays_s)
        self._up.script.always[request.path_params["number"]] = reaction
        return Response(status_code=204)

    async def _webhook(self, request: Request) -> Response:
        body = read_body(await request.body(), WebhookBody)
        subscription = Subscription(
            body.url,
            Schema(body.schema),
            event_types=frozenset(body.event_types),
            retry_delays_s=tuple(body.retry_delays_s),
            deliveries=body.deliveries,
        )
        await self._up.subscribe(body.url, subscription)
        return Response(status_code=204)

    async def _recordings(self, request: Request) -> Response:
        network = self._up
        return JSONResponse(
            [
                {"recording_id": file.recording_id, "duration_ms": file.duration_ms}
                | recording_locations(file, endpoint=network.endpoint)
                for file in network.recordings.files
            ]
        )


def read_body_of_anything(body: bytes) -> dict[str, object]:
    """A JSON object.

    Raises:
        RequestRefused: It is none.
    """
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except msgspec.DecodeError as error:
        raise RequestRefused(400, "BadRequest", str(error)) from error


def _scenario(ring: RingBody) -> Scenario:
    if ring.wav is not None:
        wav = Path(ring.wav)
        if not wav.is_file():
            raise RequestRefused(400, "BadRequest", f"wav: there is no file {wav}")
        scenario = Scenario(wav.stem, (Line(wav=wav),))
    elif ring.scenario.endswith((".yaml", ".yml")):
        scenario = load_scenario(Path(ring.scenario))
    else:
        scenario = sample_scenario(ring.scenario)
    return replace(scenario, caller_number=ring.caller) if ring.caller else scenario


def _described(leg: Leg) -> dict[str, object]:
    return {
        "call": leg.call_connection_id,
        "direction": "outbound" if leg.placed else "inbound",
        "from": leg.numbers.caller,
        "to": leg.numbers.callee,
        "state": leg.state,
        "streaming": leg.is_streaming,
        "participants": list(leg.participants),
        "faults": leg.faults,
    }
