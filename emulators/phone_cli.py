"""``python -m emulators.phone``: call a running server from the command line."""

import argparse
import asyncio
import statistics
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from emulators.call_result import CallEvent, CallResult
from emulators.caller_voice import caller_voice
from emulators.errors import EmulatorError
from emulators.line_effects import LineSettings
from emulators.phone import PhoneNetwork
from emulators.phone_call import CallOptions
from emulators.scenario import Scenario
from emulators.scenario_file import load_scenario, sample_scenario

DEVELOPMENT_KEY = "YW50aXBob24tcGhvbmUtZW11bGF0b3I="
"""No secret: what a server on this machine is configured with to be called from here."""
DEFAULT_PORT = 8091


@dataclass(frozen=True, slots=True)
class Plan:
    """What the command line asks for."""

    webhook_url: str
    scenario: Scenario
    calls: int
    options: CallOptions
    port: int
    access_key: str
    record: Path | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns:
        The exit code: 0 when every call was answered and carried without a fault of
        the server, 1 when not, 2 when the command itself is wrong.
    """
    console = Console(highlight=False, soft_wrap=True)
    try:
        plan = read_plan(arguments)
        return asyncio.run(_place(plan, console))
    except (EmulatorError, OSError) as error:
        console.print(f"[red]{escape(str(error))}[/red]")
        return 2


def read_plan(arguments: Sequence[str] | None) -> Plan:
    """Read the command line; ``--help`` and wrong options exit, as argparse does.

    Raises:
        ScenarioError: The scenario cannot be read.
    """
    options = _parser().parse_args(arguments)
    settings = LineSettings(g711=options.g711, echo_level_db=options.echo_level_db, echo_delay_ms=options.echo_delay_ms)
    is_file = options.scenario.endswith((".yaml", ".yml"))
    return Plan(
        webhook_url=options.webhook or f"{options.server.rstrip('/')}/eventgrid",
        scenario=load_scenario(Path(options.scenario)) if is_file else sample_scenario(options.scenario),
        calls=options.calls,
        options=CallOptions(settings=settings),
        port=options.port,
        access_key=options.access_key,
        record=options.record,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m emulators.phone",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Call a running server over an emulated telephone network (Azure Communication Services).",
        epilog=textwrap.dedent(f"""\
            The server must take this emulator for its ACS resource:
              endpoint    http://127.0.0.1:{DEFAULT_PORT}      (see --port)
              access key  {DEVELOPMENT_KEY}   (see --access-key)

            Examples:
              python -m emulators.phone --server http://127.0.0.1:8080
              python -m emulators.phone --server http://127.0.0.1:8080 --calls 20 --record out/calls
              python -m emulators.phone --server http://127.0.0.1:8080 --g711 --echo-level-db -20
              python -m emulators.phone --server http://127.0.0.1:8080 --scenario my_call.yaml
            """),
    )
    parser.add_argument("--server", default="http://127.0.0.1:8080", metavar="URL", help="default: %(default)s")
    parser.add_argument("--webhook", metavar="URL", help="where IncomingCall is posted; default: SERVER/eventgrid")
    parser.add_argument(
        "--scenario",
        default="water_damage",
        metavar="NAME|FILE",
        help="a sample by its name, or a .yaml file; default: %(default)s",
    )
    parser.add_argument("--calls", type=_positive, default=1, metavar="N", help="calls at once; default: 1")
    parser.add_argument("--record", type=Path, metavar="DIR", help="write a stereo WAV of every call into DIR")
    line = parser.add_argument_group("the caller's line")
    line.add_argument("--g711", action="store_true", help="telephone band (300-3400 Hz, 8 kHz) and G.711 mu-law")
    line.add_argument(
        "--echo-level-db", type=_level, metavar="DB", help="echo of the assistant's voice, as -20; default: none"
    )
    line.add_argument("--echo-delay-ms", type=_delay, default=120, metavar="MS", help="default: %(default)s")
    network = parser.add_argument_group("the network")
    network.add_argument("--port", type=int, default=DEFAULT_PORT, help="of the emulated ACS; default: %(default)s")
    network.add_argument("--access-key", default=DEVELOPMENT_KEY, metavar="BASE64", help="default: see below")
    return parser


async def _place(plan: Plan, console: Console) -> int:
    voice = caller_voice()
    results: list[CallResult] = []
    failed: BaseException | None = None

    async def one(number: int) -> None:
        def show(event: CallEvent) -> None:
            prefix = f"call {number:>2} " if plan.calls > 1 else ""
            console.print(f"{prefix}{event.at_ms / 1000:7.2f} s  {event.name:<16} {escape(event.detail)}")

        result = await network.call(
            plan.scenario, voice=voice, webhook_url=plan.webhook_url, options=plan.options, listener=show
        )
        results.append(result)
        if plan.record is not None:
            path = plan.record / f"{plan.scenario.name}-{number:02}.wav"
            await asyncio.to_thread(result.write_wav, path)

    if plan.record is not None:
        plan.record.mkdir(parents=True, exist_ok=True)
    try:
        async with PhoneNetwork(port=plan.port, access_key=plan.access_key) as network:
            await network.subscribe(plan.webhook_url)
            async with asyncio.TaskGroup() as tasks:
                for number in range(1, plan.calls + 1):
                    tasks.create_task(one(number), name=f"call-{number}")
    except* EmulatorError as failures:
        failed = failures.exceptions[0]
    finally:
        await voice.close()
    if failed is not None:
        console.print(f"[red]{escape(str(failed))}[/red]")
        return 2
    for result in results:
        _summarise(result, console)
    return 0 if all(result.is_ok for result in results) else 1


def _summarise(result: CallResult, console: Console) -> None:
    colour = "green" if result.is_ok else "red"
    console.print(f"\n[{colour}]{result.ended}[/{colour}] after {result.duration_ms / 1000:.1f} s")
    for turn in result.turns:
        answer = "no answer" if turn.answer_latency_ms is None else f"answered after {turn.answer_latency_ms:.0f} ms"
        stopped = "" if turn.stop_latency_ms is None else f", silenced after {turn.stop_latency_ms:.0f} ms"
        console.print(f"  {answer}{stopped}: {escape(turn.text)}")
    if result.answer_latencies_ms:
        console.print(f"  median answer latency, mouth to ear: {statistics.median(result.answer_latencies_ms):.0f} ms")
    for note in result.notes:
        console.print(f"  [yellow]note[/yellow]  {escape(note)}")
    for error in (*result.protocol_errors, *(f"not done: {step}" for step in result.unfinished)):
        console.print(f"  [red]error[/red] {escape(error)}")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _delay(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 2000:
        raise argparse.ArgumentTypeError("must be 0 to 2000")
    return number


def _level(text: str) -> float:
    level = float(text)
    if not -90 <= level <= 0:
        raise argparse.ArgumentTypeError("must be -90 to 0")
    return level
