"""``python -m emulators.demo``: a whole telephone call on this machine, to be heard, read and measured.

Starts the server and the phone network, places one call, shows it as it runs, judges
it, and leaves recording, report, latency picture and summary behind. No key, no cloud.
With ``--profile azure`` the server hears, thinks and speaks through Azure's own SDKs.
"""

import argparse
import asyncio
import json
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from emulators.call_result import CallResult
from emulators.caller_voice import caller_voice
from emulators.demo_outcome import Outcome, clear, judge, listen_back, write_files
from emulators.demo_profiles import DOCUMENTS, PROFILES, ROUTERS, SCENARIOS, SERVER_LOG
from emulators.demo_screen import DemoScreen
from emulators.demo_services import Around
from emulators.errors import EmulatorError
from emulators.line_effects import LineSettings
from emulators.phone import PhoneNetwork
from emulators.phone_call import CallOptions
from emulators.scenario import Scenario
from emulators.scenario_file import load_scenario, sample_scenario
from emulators.server_process import ServerProcess, index_documents
from providers.moonshine import MoonshineSpeechToText
from stores.records import CallHistory
from stores.sql import SqlStore


class NoCallStored(EmulatorError):
    """The call left nothing in the store."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo: 0 when the claim is the scenario's, 1 when not, 2 when it could not run."""
    options = _parser().parse_args(arguments)
    console = Console(highlight=False)
    try:
        outcome, success = asyncio.run(_demo(options, console))
    except (EmulatorError, OSError) as error:
        console.print(f"[red]{escape(str(error))}[/red]")
        return 2
    except ExceptionGroup as errors:
        # What the tasks of a call raise comes in groups.
        expected, unexpected = errors.split((EmulatorError, OSError, aiohttp.ClientError))
        if expected is None or unexpected is not None:
            raise
        console.print(f"[red]{escape(str(_first_of(expected)))}[/red]")
        return 2
    except KeyboardInterrupt:
        return 130
    _conclude(outcome, success, _folder(options), console)
    return 1 if outcome.problems else 0


def _folder(options: argparse.Namespace) -> Path:
    default = "out/demo" if options.profile == "local" else f"out/demo-{options.profile}"
    default += f"-{options.router}" if options.router != "azure" else ""
    return options.out or Path(default)


def _first_of(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m emulators.demo",
        description="Place a whole telephone call on this machine and show it: no key, no cloud.",
        epilog="Exit code: 0 when the claim that was gathered by voice is the scenario's, 1 when it is not.",
    )
    shown = ", ".join(f"{name} with {profile}" for profile, name in SCENARIOS.items())
    parser.add_argument("--scenario", metavar="NAME|FILE", help=f"default: {shown}")
    parser.add_argument(
        "--profile",
        choices=sorted(PROFILES),
        default="local",
        help="local: all on board; azure: through the SDKs of Azure Speech and OpenAI against emulators of the "
        "services, where no SDK may warn of anything; handover: a caller wants a human, and the best of five takes "
        "over; default: %(default)s",
    )
    parser.add_argument(
        "--router",
        choices=sorted(ROUTERS),
        default="azure",
        help="with the profile handover: Job Router's SDK against its emulator, or the router in the server; "
        "default: %(default)s",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="default: out/demo, or out/demo-PROFILE")
    parser.add_argument("--g711", action="store_true", help="the caller's line is G.711 in telephone band")
    return parser


async def _demo(options: argparse.Namespace, console: Console) -> tuple[Outcome, str]:
    out = _folder(options)
    name = options.scenario or SCENARIOS[options.profile]
    scenario = load_scenario(Path(name)) if name.endswith((".yaml", ".yml")) else sample_scenario(name)
    await asyncio.to_thread(clear, out)
    database_url = f"sqlite+aiosqlite:///{(out / 'calls.db').resolve()}"
    voice, ears = caller_voice(), MoonshineSpeechToText()
    profile = ROUTERS[options.router] if options.profile == "handover" else PROFILES[options.profile]
    try:
        async with profile(out, ears) as services, PhoneNetwork() as network:
            secret = secrets.token_urlsafe()
            environment = {
                "COMMUNICATION_SERVICES__ENDPOINT": network.endpoint,
                "COMMUNICATION_SERVICES__ACCESS_KEY": network.access_key,
                "COMMUNICATION_SERVICES__EVENT_GRID_SECRET": secret,
                "DATABASE__URL": database_url,
                "DATABASE__RECORDINGS_PATH": str((out / "recordings").resolve()),
                "FEATURES__RECORDING_ENABLED": "true",
                **services.environment,
            }
            console.print("reading the documents that the assistant may be asked about …")
            await index_documents(DOCUMENTS, environment)
            console.print("starting the server: it loads the recogniser, the voice and the detector …")
            async with ServerProcess(environment, log_path=out / SERVER_LOG) as server:
                console.print("the server is ready; the caller dials …\n")
                dial = partial(
                    network.call,
                    scenario,
                    voice=voice,
                    webhook_url=f"{server.url}/eventgrid?secret={secret}",
                    options=CallOptions(settings=LineSettings(g711=options.g711)),
                )
                async with services.around(Around(server, environment)):
                    result, measured_ms = await _show_call(dial, scenario, server, console)
                exit_code = await server.stop()
            problems = services.problems()
            if exit_code:
                problems = (f"the server ended with {exit_code}", *problems)
        with console.status("listening back: the recogniser hears the assistant's recorded voice …"):
            await ears.warm_up()
            heard_back = await listen_back(result, ears)
    finally:
        await voice.close()
        await ears.close()
    history = await _stored(database_url)
    problems = (*problems, *services.judged(history))
    outcome = judge(history, result, scenario, heard_back, problems, measured_ms)
    recording = out / "recordings" / f"{history.call.call_id}.wav"
    await asyncio.to_thread(write_files, out, history, result, outcome, recording)
    return outcome, services.success


async def _show_call(
    dial: Callable[[], Awaitable[CallResult]], scenario: Scenario, server: ServerProcess, console: Console
) -> tuple[CallResult, list[float]]:
    """Show it live; also the answer latencies that were reported meanwhile."""
    fields = tuple(scenario.expectation.claim)
    screen = DemoScreen(claim_fields=fields)
    with Live(screen.draw(), console=console, refresh_per_second=8, transient=False) as live:

        async def watch() -> None:
            async for name, record in _live_records(server):
                screen.take(name, record)
                live.update(screen.draw())

        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(watch(), name="watch")
            result = await dial()
            await asyncio.sleep(0.5)  # the last records are on their way
            watching.cancel()
        live.update(screen.draw())
    return result, screen.measured_ms


async def _live_records(server: ServerProcess) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    timeout = aiohttp.ClientTimeout(total=None)
    session = aiohttp.ClientSession(timeout=timeout, headers=server.headers)
    async with session as http, http.get(f"{server.url}/live") as response:
        name = ""
        async for raw in response.content:
            line = raw.decode("utf-8").rstrip("\n")
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, json.loads(line.removeprefix("data: "))


async def _stored(database_url: str) -> CallHistory:
    store = await SqlStore.open(database_url)
    try:
        calls = await store.latest_calls(limit=1)
    finally:
        await store.close()
    if not calls:
        raise NoCallStored("the call left nothing in the store: see server.log")
    return calls[0]


def _conclude(outcome: Outcome, success: str, out: Path, console: Console) -> None:
    table = Table(title="answer latency: reported by the server, and measured in the recording", title_justify="left")
    table.add_column("the caller said")
    table.add_column("reported", justify="right")
    table.add_column("recorded", justify="right")
    for turn in outcome.turns:
        mark = "" if turn.is_honest else " [red]≠[/red]"
        reported = "—" if turn.reported_ms is None else f"{turn.reported_ms:.0f} ms"
        recorded = "—" if turn.recorded_ms is None else f"{turn.recorded_ms:.0f} ms"
        table.add_row(escape(turn.text), reported, recorded + mark)
    console.print(table)
    console.print(
        f"word error rate: {outcome.caller_word_error_rate:.1%} of the caller as understood, "
        f"{outcome.assistant_word_error_rate:.1%} of the assistant as heard back"
    )
    console.print(f"\n[bold]hear[/bold]  {out / 'call.wav'}  (left: caller, right: assistant)")
    console.print(f"[bold]read[/bold]  {out / 'report.html'}")
    console.print(f"[bold]see[/bold]   {out / 'latency.svg'}, {out / 'summary.json'}\n")
    if outcome.note:
        console.print(f"[yellow]{escape(outcome.note)}[/yellow]")
    for problem in outcome.problems:
        console.print(f"[red]✗ {escape(problem)}[/red]")
    if not outcome.problems:
        console.print(f"[green]✓ {escape(success)}[/green]")


if __name__ == "__main__":
    sys.exit(main())
