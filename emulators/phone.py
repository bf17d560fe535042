"""A telephone network on loopback that looks like Azure Communication Services.

    async with PhoneNetwork() as network:
        # configure the server under test with network.endpoint and network.access_key
        result = await network.call(
            sample_scenario("water_damage"), voice=voice, webhook_url="http://127.0.0.1:8080/eventgrid"
        )

It posts IncomingCall to the webhook, takes the answer of the real Azure SDK over
REST, opens the media socket, plays the caller and listens, and posts the callbacks.
``python -m emulators.phone`` calls a running server.
"""

import asyncio
import base64
import secrets
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from types import TracebackType
from typing import Self, assert_never

import aiohttp
from starlette.routing import BaseRoute

from emulators.acs_auth import is_access_key
from emulators.acs_rest import AcsRest
from emulators.acs_tokens import DEVELOPMENT_RESOURCE_ID, AcsTokens
from emulators.call_result import CallEvent, CallResult
from emulators.call_rings import InboundRing, OutboundRing, Ring
from emulators.callbacks import Callbacks
from emulators.called_phones import CalledPhones, ExpectedCall
from emulators.caller import PlayableStep
from emulators.errors import DeliveryFailed, UnconsumedFault
from emulators.event_grid import EventGrid
from emulators.grid_events import recording_file_event, sms_received_event, sms_report_event
from emulators.grid_subscriptions import GridSubscriptions, Subscription
from emulators.job_router import JobRouterService
from emulators.loopback import LoopbackServer
from emulators.network_faults import CallbackFault, DropMedia, LateFrames, NetworkFault, RestFault
from emulators.network_script import NetworkScript, Reaction
from emulators.phone_call import CallOptions, Listener, PhoneCall
from emulators.recordings import RecordedFile, Recordings
from emulators.scenario import Line, Scenario
from emulators.sms_traffic import ReceivedSms, SentSms, SmsTraffic
from emulators.switchboard import Leg, Numbers, Switchboard
from emulators.twilio_twin import TwilioTwin
from emulators.voicing import Voicing
from pipeline.ports import TextToSpeech

CALLEE_NUMBER = "+12025550100"
TWILIO_ACCOUNT_SID = "AC00000000000000000000000000000000"
LISTENER = Scenario("listener", ())
"""Somebody who says nothing, and hangs up when nothing is said any more."""


class PhoneNetwork:
    """The network, up within ``async with``. Enter and leave it in the same task.

    Any number of calls may be under way at once.

    Args:
        port: Of the REST side; 0 lets the system choose.
        access_key: Base64; a random one by default.
        callee_number: The number of the server under test, E.164.
        more_routes: What is served beside, unsigned.
        listener: Told of the events of calls that the server places and nobody expected.
        resource_id: That the tokens of callbacks and media sockets are issued for.

    Attributes:
        script: What is to happen to those who are called, and to operations.
        recordings: What was recorded.
        sms: What the server sent.
        twilio: The same numbers at Twilio: its account and its token.
        grid: Who is told of events.
        tokens: Signs callbacks and media sockets.
        job_router: Who offers jobs to human agents.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        access_key: str | None = None,
        callee_number: str = CALLEE_NUMBER,
        more_routes: Sequence[BaseRoute] = (),
        listener: Listener | None = None,
        resource_id: str = DEVELOPMENT_RESOURCE_ID,
    ) -> None:
        self._access_key = access_key or base64.b64encode(secrets.token_bytes(32)).decode()
        if not is_access_key(self._access_key):
            raise ValueError("the access key is not base64")
        self.callee_number = callee_number
        self._listener = listener or _nobody
        self._switchboard = Switchboard()
        self._switchboard.on_placed = self._placed
        self._called = CalledPhones()
        self._calls = asyncio.TaskGroup()
        # Bounded by what the server asks for: each is forgotten when it is over.
        self._running: set[asyncio.Task[None]] = set()
        self.script = NetworkScript()
        self.recordings = Recordings()
        self.recordings.on_file = self._recorded
        self.sms = SmsTraffic()
        self.sms.on_sent = self._sms_sent
        self.twilio = TwilioTwin(self.sms, account_sid=TWILIO_ACCOUNT_SID, auth_token=secrets.token_hex(16))
        self.tokens = AcsTokens(resource_id=resource_id)
        self.grid = GridSubscriptions()
        self.job_router = JobRouterService(access_key=self._access_key, subscriptions=self.grid)
        self._rest = AcsRest(
            self._switchboard,
            access_key=self._access_key,
            script=self.script,
            recordings=self.recordings,
            sms=self.sms,
            numbers=frozenset({callee_number}),
            more_routes=(*self.twilio.routes(), *self.tokens.routes(), *self.job_router.routes(), *more_routes),
        )
        self._server = LoopbackServer(self._rest.app, port=port)
        self._voicing = Voicing()
        self._stack = AsyncExitStack()
        self._session: aiohttp.ClientSession | None = None

    @property
    def endpoint(self) -> str:
        """What the server under test is to take for its ACS resource: no slash at the end."""
        return self._server.endpoint

    @property
    def access_key(self) -> str:
        """The key that its requests must be signed with."""
        return self._access_key

    @property
    def refusals(self) -> tuple[str, ...]:
        """Requests over REST that were refused, and why."""
        return tuple(self._rest.refusals)

    @property
    def legs(self) -> tuple[Leg, ...]:
        """All calls that are remembered, in order, those that are over too."""
        return self._switchboard.legs

    def fail_next(self, fault: RestFault) -> None:
        """Let one request fail. Leaving the network before it happened raises ``UnconsumedFault``."""
        self._rest.faults.append(fault)

    def inject(self, call_connection_id: str, fault: NetworkFault) -> None:
        """Let something go wrong in a call that is up: now, whatever its ``at_ms``, or at the next of its name.

        Raises:
            RequestRefused: There is no such call.
        """
        leg = self._switchboard.connection(call_connection_id)
        match fault:
            case RestFault():
                self.fail_next(fault)
            case CallbackFault():
                leg.player.fail_callback(fault)
            case DropMedia() | LateFrames():
                leg.player.break_line(fault)
            case _:
                assert_never(fault)

    async def subscribe(self, webhook_url: str, subscription: Subscription | None = None) -> None:
        """Perform Event Grid's handshake with a webhook; ``call`` does so at its first call.

        Args:
            webhook_url: With whatever query it needs.
            subscription: Its schema, its events and its retries; by default all, in Event Grid's schema, once.

        Raises:
            HandshakeFailed: The webhook did not return the code, or did not allow us.
        """
        await self.grid.subscribe(EventGrid(self._http), subscription or Subscription(webhook_url))

    async def send_sms(self, sender: str, text: str) -> ReceivedSms:
        """Send a message to the server under test: every subscribed webhook is told.

        Raises:
            DeliveryFailed: None took it.
        """
        sms = ReceivedSms(sender=sender, recipient=self.callee_number, text=text)
        if not await self.grid.publish(EventGrid(self._http), sms_received_event(sms)):
            raise DeliveryFailed(f"no webhook took the message: {self.grid.undelivered[-1:]}")
        return sms

    async def send_twilio_sms(self, webhook_url: str, sender: str, text: str) -> ReceivedSms:
        """Send a message to the server under test by Twilio's signed webhook.

        Raises:
            DeliveryFailed: It was not taken.
        """
        sms = ReceivedSms(sender, self.callee_number, text, message_id=f"SM{secrets.token_hex(16)}")
        await self.twilio.receive(self._http, webhook_url, sms)
        return sms

    async def call(
        self,
        scenario: Scenario,
        *,
        voice: TextToSpeech,
        webhook_url: str,
        options: CallOptions = CallOptions(),  # noqa: B008 (frozen)
        listener: Listener | None = None,
    ) -> CallResult:
        """Place one call and live through it.

        Args:
            scenario: What the caller does.
            voice: The caller's voice; its lines are synthesised before the telephone rings.
            webhook_url: Where IncomingCall goes, with whatever query it needs.
            options: The line and the network.
            listener: Told of every event as it happens; must not block.

        Returns:
            The recording, the latencies, and what the server did wrong. A faulty
            server makes no exception, but a result that is not ``is_ok``.

        Raises:
            HandshakeFailed: The webhook does not take events at all.
            ScenarioError: A WAV file of the scenario cannot be used.
            pipeline.errors.SynthesisError: The voice failed.
        """
        steps = await self._voicing.voiced(scenario.steps, voice)
        await self.subscribe(webhook_url)
        subscription = self.grid.of(webhook_url)
        leg = self._switchboard.ring(Numbers(caller=scenario.caller_number, callee=self.callee_number))
        ring = InboundRing(
            EventGrid(self._http),
            webhook_url,
            ring_timeout_s=options.ring_timeout_s,
            retry_delays_s=options.retry_delays_s or subscription.retry_delays_s,
            deliveries=max(options.deliveries, subscription.deliveries),
            schema=subscription.schema,
        )
        refused_before = len(self._rest.refusals)
        result = await self._play(leg, scenario, steps, ring, options, listener or _nobody)
        if leg.answer is None:
            # An answer that was refused for its form names no call: it may have been this one's.
            refusals = tuple(f"refused meanwhile: {refusal}" for refusal in self._rest.refusals[refused_before:])
            result = replace(result, notes=(*result.notes, *refusals))
        return result

    async def expect_call(
        self,
        number: str,
        scenario: Scenario | None = None,
        *,
        voice: TextToSpeech | None = None,
        reaction: Reaction = Reaction(),  # noqa: B008 (frozen)
        options: CallOptions = CallOptions(),  # noqa: B008 (frozen)
        listener: Listener | None = None,
    ) -> ExpectedCall:
        """Expect that the server calls this number, once. Leaving without raises ``UnconsumedFault``.

        Args:
            number: E.164.
            scenario: What its owner says, when it is to answer; by default it only listens.
            voice: Its owner's, for the texts of the scenario.
            reaction: Whether it is answered, and after how many seconds.
            options: The line.
            listener: Told of every event as it happens; must not block.

        Returns:
            Its ``result()`` waits until the call is over.
        """
        heard = scenario or LISTENER
        steps = await self._voicing.voiced(heard.steps, voice) if voice is not None else playable(heard)
        expected = ExpectedCall(heard, steps, reaction=reaction, options=options, listener=listener or _nobody)
        self._called.expect(number, expected)
        return expected

    def _placed(self, leg: Leg) -> None:
        """The server has placed a call: the telephone rings, once the server was told that it does."""
        expected = self._called.take(leg.person)
        if expected is None:
            reaction = self.script.reaction_of(leg.person)
            options, listener = CallOptions(), self._listener
            expected = ExpectedCall(LISTENER, (), reaction=reaction, options=options, listener=listener)
        self.spawn(self._live_through(leg, expected))

    def _recorded(self, file: RecordedFile) -> None:
        """A recording is over."""
        self._publish(recording_file_event(file, endpoint=self.endpoint))

    def _sms_sent(self, sms: SentSms) -> None:
        """A message arrived, or did not."""
        if sms.wants_report:
            self._publish(sms_report_event(sms))

    def _publish(self, event: Mapping[str, object]) -> None:
        async def publish() -> None:
            await self.grid.publish(EventGrid(self._http), event)

        self.spawn(publish())

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        """Do this beside; it is cancelled when the network closes."""
        task = self._calls.create_task(work, name="phone-network")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _live_through(self, leg: Leg, expected: ExpectedCall) -> None:
        ring = OutboundRing(expected.reaction)
        expected.end(
            await self._play(leg, expected.scenario, expected.steps, ring, expected.options, expected.listener)
        )

    async def _play(
        self,
        leg: Leg,
        scenario: Scenario,
        steps: tuple[PlayableStep, ...],
        ring: Ring,
        options: CallOptions,
        listener: Listener,
    ) -> CallResult:
        """Live through one call, whoever placed it."""
        self._rest.faults += [fault for fault in scenario.faults if isinstance(fault, RestFault)]
        for number, reaction in scenario.numbers:
            self.script.expect(number, reaction)
        callbacks = Callbacks(self._http, tokens=self.tokens)
        call = PhoneCall(
            leg,
            scenario,
            steps,
            ring=ring,
            callbacks=callbacks,
            options=options,
            listener=listener,
            tokens=self.tokens,
        )
        return await call.run()

    @property
    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("the network is not up: use it within `async with`")
        return self._session

    async def __aenter__(self) -> Self:
        """Open the REST side.

        Raises:
            OSError: The port is taken.
        """
        await self._calls.__aenter__()
        await self._stack.enter_async_context(self._server)
        await self._stack.enter_async_context(self.job_router)
        # One connection a post: one kept open may be closed by the server at the very moment of the next post.
        connector = aiohttp.TCPConnector(force_close=True)
        self._session = await self._stack.enter_async_context(
            aiohttp.ClientSession(connector=connector, trust_env=False)
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        """Close it.

        Raises:
            UnconsumedFault: A scripted fault did not happen, and nothing else went wrong.
        """
        for task in self._running:
            task.cancel()
        # The group is not told of the error: it would wrap it.
        await self._calls.__aexit__(None, None, None)
        suppressed = await self._stack.__aexit__(kind, error, trace)
        unconsumed = [*self._rest.faults, *self.script.unconsumed, *self._called.unconsumed, *self.sms.unconsumed]
        if error is None and unconsumed:
            raise UnconsumedFault(f"never happened: {unconsumed}")
        return suppressed


def playable(scenario: Scenario) -> tuple[PlayableStep, ...]:
    """The steps of a scenario without lines, which needs no voice.

    Raises:
        ValueError: It has lines.
    """
    steps = tuple(step for step in scenario.steps if not isinstance(step, Line))
    if len(steps) != len(scenario.steps):
        raise ValueError(f"the scenario {scenario.name} speaks: give it a voice")
    return steps


def _nobody(event: CallEvent) -> None:
    """Listen to nothing."""


if __name__ == "__main__":
    from emulators.phone_cli import main

    raise SystemExit(main())
