"""The command line of ``python -m emulators.acs``: serve, and steer what serves."""

import argparse
import asyncio
import json
import re
import textwrap
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import aiohttp
from rich.console import Console
from rich.markup import escape

from emulators.acs_auth import is_access_key
from emulators.acs_call_requests import E164
from emulators.acs_service import ServicePlan, serve
from emulators.caller_voice import caller_voice
from emulators.event_grid import Schema, scaled_delays
from emulators.grid_subscriptions import Subscription
from emulators.interruption import stop_ordered
from emulators.network_script import PickUp
from emulators.phone import CALLEE_NUMBER
from emulators.phone_cli import DEFAULT_PORT, DEVELOPMENT_KEY

DEFAULT_ACS = f"http://127.0.0.1:{DEFAULT_PORT}"
DEFAULT_WEBHOOK = "http://127.0.0.1:8080/eventgrid"
CALLER_NUMBER = "+12025550143"

Ask = tuple[str, str, dict[str, object] | None]
"""Method, path and body of a request to the control."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command: 0 when it was done, 1 when the emulator refused it, 2 when it is wrong or nobody answers."""
    options = _parser().parse_args(arguments)
    console = Console(highlight=False, soft_wrap=True)
    try:
        if options.command is None:
            return asyncio.run(_serve(plan_of(options), console))
        return asyncio.run(_ask(options.acs, ask_of(options), console))
    except KeyboardInterrupt:
        return 0
    except (OSError, aiohttp.ClientError) as error:
        console.print(f"[red]{escape(str(error))}[/red]")
        return 2


def plan_of(options: argparse.Namespace) -> ServicePlan:
    """How the options want the emulator to be run."""
    return ServicePlan(
        port=options.port,
        access_key=options.access_key,
        number=options.number,
        subscription=Subscription(
            options.webhook, Schema(options.schema), retry_delays_s=scaled_delays(options.retry_scale)
        ),
        others=PickUp(options.others),
        numbers=(
            *((number, PickUp.DECLINES) for number in options.declines),
            *((number, PickUp.NO_ANSWER) for number in options.no_answer),
            *((number, PickUp.BUSY) for number in options.busy),
        ),
        ring_s=options.ring_s,
    )


def ask_of(options: argparse.Namespace) -> Ask:
    """What the options want of an emulator that is up."""
    match options.command:
        case "call":
            what = {"wav": str(options.wav.resolve())} if options.wav else {"scenario": _scenario(options.scenario)}
            return "POST", "calls", {**what, "from": options.caller, **_given(webhook=options.webhook)}
        case "sms":
            return (
                "POST",
                "messages",
                {"from": options.sender, "text": options.text, **_given(twilio_webhook=options.twilio_webhook)},
            )
        case "fault":
            return "POST", "faults", {**options.fault, **_given(call=options.call)}
        case "webhook":
            types = [f"Microsoft.Communication.{name}" for name in options.event]
            return "POST", "webhooks", {"url": options.url, "schema": options.schema, "event_types": types}
        case "number":
            body = {"pick_up": options.pick_up, "after_s": options.after_s, **_given(stays_s=options.stays_s)}
            return "PUT", f"numbers/{quote(options.number, safe='')}", body
        case _:
            return "GET", "" if options.command == "status" else options.command, None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m emulators.acs",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Azure Communication Services on this machine: Call Automation, media streaming, recordings, SMS.",
        epilog=textwrap.dedent(f"""\
            Without a command it serves on {DEFAULT_ACS}. Point the Azure SDK at it:
              CallAutomationClient("{DEFAULT_ACS}", AzureKeyCredential("{DEVELOPMENT_KEY}"))
              SmsClient("{DEFAULT_ACS}", AzureKeyCredential("{DEVELOPMENT_KEY}"))
            No slash at the end: the SDK signs the host as it is written. The other commands
            steer an emulator that serves, from another terminal.

            A server under development gets IncomingCall at its webhook, answers, gets the
            media socket and the callbacks; it may place, transfer, record, add, mute and so on.
            What it does wrong is refused with the reason, and listed by "status".

            Examples:
              python -m emulators.acs --webhook http://127.0.0.1:8080/eventgrid
              python -m emulators.acs --declines +12025550177 --ring-s 3
              python -m emulators.acs call --scenario water_damage
              python -m emulators.acs call --wav hello.wav --from +12025550143
              python -m emulators.acs sms +12025550143 "It is number 12."
              python -m emulators.acs calls
              python -m emulators.acs fault '{{"drop_media_at_ms": 0, "back_after_ms": 300}}'
              python -m emulators.acs fault '{{"request": "transfer", "status": 429, "retry_after_s": 1}}'
              python -m emulators.acs number +12025550177 busy
            """),
    )
    _serve_options(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    call = _command(commands, "call", "ring the server")
    call.add_argument("--scenario", default="water_damage", metavar="NAME|FILE", help="default: %(default)s")
    call.add_argument("--wav", type=Path, metavar="FILE", help="instead: a recording, said after the greeting")
    call.add_argument("--from", dest="caller", type=_number, default=CALLER_NUMBER, metavar="NUMBER")
    call.add_argument("--webhook", metavar="URL", help="where IncomingCall goes; default: as served")
    sms = _command(commands, "sms", "send the server a message")
    sms.add_argument("sender", type=_number, metavar="FROM")
    sms.add_argument("text", metavar="TEXT")
    sms.add_argument("--twilio-webhook", metavar="URL", help="post it there, signed as Twilio does")
    _command(commands, "calls", "list the calls")
    _command(commands, "messages", "list the messages that the server sent")
    _command(commands, "recordings", "list the files of recordings")
    _command(commands, "status", "what to configure, and what was refused")
    fault = _command(commands, "fault", "let something go wrong; keys as in a scenario's faults")
    fault.add_argument("fault", type=_json_object, metavar="JSON")
    fault.add_argument("--call", metavar="ID", help="needed when several calls are up")
    webhook = _command(commands, "webhook", "tell another webhook of events, after its handshake")
    webhook.add_argument("url", metavar="URL")
    webhook.add_argument("--schema", choices=[str(kind) for kind in Schema], default="event_grid")
    webhook.add_argument(
        "--event", action="append", default=[], metavar="NAME", help="as SMSReceived; default: all but IncomingCall"
    )
    number = _command(commands, "number", "say what a number does when it is called, added or transferred to")
    number.add_argument("number", type=_number)
    number.add_argument("pick_up", choices=[str(kind) for kind in PickUp])
    number.add_argument("--after-s", type=float, default=1.0, help="how long it rings; default: 1")
    number.add_argument("--stays-s", type=float, help="it leaves again after so long; default: it stays")
    return parser


def _serve_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="default: %(default)s")
    parser.add_argument("--access-key", type=_key, default=DEVELOPMENT_KEY, metavar="BASE64", help="default: see below")
    parser.add_argument("--number", type=_number, default=CALLEE_NUMBER, help="the server's; default: %(default)s")
    parser.add_argument("--webhook", default=DEFAULT_WEBHOOK, metavar="URL", help="default: %(default)s")
    schemas = [str(kind) for kind in Schema]
    parser.add_argument("--schema", choices=schemas, default="event_grid", help="of events; default: %(default)s")
    parser.add_argument(
        "--retry-scale",
        type=float,
        default=0.01,
        metavar="FACTOR",
        help="refused events are repeated after 10 s, 30 s, 1 min, 5 min, times this; default: %(default)s",
    )
    kinds = [str(kind) for kind in PickUp]
    parser.add_argument("--others", choices=kinds, default="answers", help="what all numbers do; default: %(default)s")
    for name in ("declines", "no-answer", "busy"):
        parser.add_argument(
            f"--{name}", type=_number, action="append", default=[], metavar="NUMBER", help=f"this number: {name}"
        )
    parser.add_argument("--ring-s", type=float, default=1.0, metavar="S", help="how long they ring; default: 1")


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, told: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=told, description=f"{told[0].upper()}{told[1:]}.")
    command.add_argument("--acs", default=DEFAULT_ACS, metavar="URL", help="of the emulator; default: %(default)s")
    return command


async def _serve(plan: ServicePlan, console: Console) -> int:
    voice, stop = caller_voice(), stop_ordered()
    try:
        await serve(plan, console, voice, stop=stop)
    finally:
        await voice.close()
    return 0


async def _ask(acs: str, ask: Ask, console: Console) -> int:
    method, path, body = ask
    url = f"{acs.rstrip('/')}/emulator/{path}".rstrip("/")
    async with (
        aiohttp.ClientSession(trust_env=False) as session,
        session.request(method, url, json=body) as response,
    ):
        text = await response.text()
    if text:
        console.print_json(text)
    return 0 if response.status < 300 else 1


def _scenario(name: str) -> str:
    """A path means the same to the emulator, wherever it was started."""
    return str(Path(name).resolve()) if name.endswith((".yaml", ".yml")) else name


def _given(**values: object) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _number(text: str) -> str:
    if not re.fullmatch(E164, text):
        raise argparse.ArgumentTypeError("must be E.164, as +12025550143")
    return text


def _key(text: str) -> str:
    if not is_access_key(text):
        raise argparse.ArgumentTypeError("must be base64")
    return text


def _json_object(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise argparse.ArgumentTypeError("must be a JSON object")
    return value
