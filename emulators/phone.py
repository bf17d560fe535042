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
from contextlib import AsyncExitStack
from dataclasses import replace
from types import TracebackType
from typing import Self

import aiohttp

from emulators.acs_auth import is_access_key
from emulators.acs_rest import AcsRest, RestFault
from emulators.call_result import CallEvent, CallResult
from emulators.callbacks import Callbacks
from emulators.errors import UnconsumedFault
from emulators.event_grid import EventGrid
from emulators.loopback import LoopbackServer
from emulators.phone_call import CallOptions, Listener, PhoneCall
from emulators.scenario import Scenario
from emulators.switchboard import Numbers, Switchboard
from emulators.voicing import Voicing
from pipeline.ports import TextToSpeech

CALLEE_NUMBER = "+12025550100"


class PhoneNetwork:
    """The network, up within ``async with``. Enter and leave it in the same task.

    Any number of calls may be under way at once.

    Args:
        port: Of the REST side; 0 lets the system choose.
        access_key: Base64; a random one by default.
        callee_number: The number of the server under test, E.164.
    """

    def __init__(self, *, port: int = 0, access_key: str | None = None, callee_number: str = CALLEE_NUMBER) -> None:
        self._access_key = access_key or base64.b64encode(secrets.token_bytes(32)).decode()
        if not is_access_key(self._access_key):
            raise ValueError("the access key is not base64")
        self._callee_number = callee_number
        self._switchboard = Switchboard()
        self._rest = AcsRest(self._switchboard, access_key=self._access_key)
        self._server = LoopbackServer(self._rest.app, port=port)
        self._voicing = Voicing()
        self._subscribed: set[str] = set()
        self._subscribing = asyncio.Lock()
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

    def fail_next(self, fault: RestFault) -> None:
        """Let one request fail. Leaving the network before it happened raises ``UnconsumedFault``."""
        self._rest.faults.append(fault)

    async def subscribe(self, webhook_url: str) -> None:
        """Perform Event Grid's handshake with a webhook; ``call`` does so at its first call.

        Raises:
            HandshakeFailed: The webhook did not return the code.
        """
        async with self._subscribing:
            if webhook_url not in self._subscribed:
                await EventGrid(self._http).validate(webhook_url)
                self._subscribed.add(webhook_url)

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
        leg = self._switchboard.ring(Numbers(caller=scenario.caller_number, callee=self._callee_number))
        call = PhoneCall(
            leg,
            scenario,
            steps,
            event_grid=EventGrid(self._http),
            callbacks=Callbacks(self._http),
            webhook_url=webhook_url,
            options=options,
            listener=listener or _nobody,
        )
        refused_before = len(self._rest.refusals)
        result = await call.run()
        if leg.answer is None:
            # An answer that was refused for its form names no call: it may have been this one's.
            refusals = tuple(f"refused meanwhile: {refusal}" for refusal in self._rest.refusals[refused_before:])
            result = replace(result, notes=(*result.notes, *refusals))
        return result

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
        await self._stack.enter_async_context(self._server)
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
        suppressed = await self._stack.__aexit__(kind, error, trace)
        if error is None and self._rest.faults:
            raise UnconsumedFault(f"never happened: {self._rest.faults}")
        return suppressed


def _nobody(event: CallEvent) -> None:
    """Listen to nothing."""


if __name__ == "__main__":
    from emulators.phone_cli import main

    raise SystemExit(main())
