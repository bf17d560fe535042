"""The emulator as a process of its own: up until it is interrupted."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape

from emulators.acs_control import AcsControl
from emulators.call_result import CallEvent, CallResult
from emulators.errors import UnconsumedFault
from emulators.grid_subscriptions import Subscription
from emulators.network_script import PickUp, Reaction
from emulators.phone import PhoneNetwork
from pipeline.ports import TextToSpeech


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """How the emulator is to be run."""

    port: int
    access_key: str
    number: str
    subscription: Subscription
    """The server's webhook, and how events are posted to it."""
    others: PickUp = PickUp.ANSWERS
    """What numbers do that nothing else was said of."""
    numbers: tuple[tuple[str, PickUp], ...] = ()
    """What these numbers do."""
    ring_s: float = 1.0
    """How long they ring."""


async def serve(
    plan: ServicePlan,
    console: Console,
    voice: TextToSpeech,
    *,
    stop: asyncio.Event,
    ready: Callable[[PhoneNetwork], None] = lambda network: None,
) -> None:
    """Serve until it is told to stop.

    Args:
        plan: How.
        console: What is shown on.
        voice: The callers'.
        stop: Ends it.
        ready: Told when the emulator can be used.

    Raises:
        OSError: The port is taken.
    """

    def told(number: str, event: CallEvent) -> None:
        console.print(f"{escape(number):<14} {event.at_ms / 1000:7.2f} s  {event.name:<16} {escape(event.detail)}")

    def ended(number: str, result: CallResult) -> None:
        for wrong in (*result.protocol_errors, *(f"not done: {step}" for step in result.unfinished)):
            console.print(f"{escape(number):<14} [red]error[/red] {escape(wrong)}")

    control = AcsControl(voice=voice, subscription=plan.subscription, told=told, ended=ended)
    network = PhoneNetwork(
        port=plan.port,
        access_key=plan.access_key,
        callee_number=plan.number,
        more_routes=control.routes(),
        listener=lambda event: told("(called)", event),
    )
    control.network = network
    network.script.default = Reaction(plan.others, after_s=plan.ring_s)
    for number, pick_up in plan.numbers:
        network.script.always[number] = Reaction(pick_up, after_s=plan.ring_s)
    try:
        async with network:
            console.print(what_to_configure(network, plan))
            ready(network)
            await stop.wait()
    except UnconsumedFault as left:
        console.print(f"[yellow]{escape(str(left))}[/yellow]")


def what_to_configure(network: PhoneNetwork, plan: ServicePlan) -> str:
    """What a server must know to take this emulator for ACS."""
    endpoint, key = network.endpoint, network.access_key
    return f"""\
Azure Communication Services, emulated. Stop with Ctrl-C.

  endpoint           {endpoint}
  access key         {key}
  phone number       {network.callee_number}
  connection string  endpoint=https://{endpoint}/;accesskey={key}
  Event Grid posts   {escape(plan.subscription.webhook_url)}
  Twilio's twin      {endpoint}  account {network.twilio.account_sid}  token {network.twilio.auth_token}

This project's server:
  COMMUNICATION_SERVICES__ENDPOINT={endpoint} COMMUNICATION_SERVICES__ACCESS_KEY={key}

From another terminal:
  python -m emulators.acs call --acs {endpoint}
  python -m emulators.acs sms --acs {endpoint} +12025550143 "It is number 12."
"""
