"""``python -m emulators.openai``: a language model service on this machine, to develop against without any account."""

import argparse
import asyncio
import textwrap
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from rich.console import Console

from emulators.interruption import stop_ordered
from emulators.openai import OpenAIEmulator
from emulators.openai_realtime import RealtimeEmulator
from emulators.openai_script import (
    Break,
    Completion,
    Failure,
    Hold,
    Pause,
    PromptBlocked,
    Raw,
    Silence,
    Step,
    Text,
    says,
    too_many_requests,
)
from emulators.realtime_script import Spoken

DEFAULT_PORT: Final = 8092
DEFAULT_KEY: Final = "test-key"
DEFAULT_ANSWERS: Final = ("I see. Where did it happen?", "Thank you. When was that?", "Good. What is your name?")

FAULTS: Final[Mapping[str, Step]] = MappingProxyType(
    {
        "429": too_many_requests(2_000),
        "500": Failure(500),
        "silence": Silence(),
        "stall": Completion((Text("One"), Text(" thing"), Hold())),
        "half": Completion((Text("One"), Text(" thing"), Break())),
        "truncated": Completion((Text("One"), Text(" thing")), finish_reason=None),
        "malformed": Completion((Text("One"), Raw("{broken"))),
        "filter": Completion((Text("I will"),), finish_reason="content_filter"),
        "prompt_filter": PromptBlocked(),
        "jailbreak": PromptBlocked(is_jailbreak=True),
    }
)
"""By the name that the command line takes."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C; the exit code."""
    options = _parser().parse_args(arguments)
    spoken = [Spoken(answer, delay_ms=options.first_token_ms) for answer in options.say or DEFAULT_ANSWERS]
    realtime = RealtimeEmulator(spoken, heard=["(what you said)"], api_key=options.api_key, repeats=True)
    emulator = OpenAIEmulator(
        script_of(options), api_key=options.api_key, repeats=True, routes=realtime.routes, port=options.port
    )
    try:
        asyncio.run(_serve(emulator, Console(highlight=False, soft_wrap=True)))
    except OSError as error:
        Console(stderr=True).print(f"[red]{error}[/red]")
        return 2
    return 0


def script_of(options: argparse.Namespace) -> tuple[Step, ...]:
    """Every answer once, each begun after the delay, and the faults behind them."""
    delay = (Pause(options.first_token_ms / 1000),) if options.first_token_ms else ()
    completions = [says(answer) for answer in options.say or DEFAULT_ANSWERS]
    answers = [Completion((*delay, *completion.parts)) for completion in completions]
    return (*answers, *(FAULTS[name] for name in options.fault))


async def _serve(emulator: OpenAIEmulator, console: Console) -> None:
    stopped = stop_ordered()
    async with emulator:
        console.print(f"OpenAI:  base_url {emulator.base_url}  (also {emulator.endpoint}/openai/v1)")
        console.print(f"Azure:   endpoint {emulator.endpoint}  with any api_version and deployment")
        console.print(f"Realtime: {emulator.base_url.replace('http', 'ws')}/realtime?model=any")
        console.print(f"api_key: {emulator.api_key}")
        await stopped.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m emulators.openai",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=(
            "Serve chat completions and Realtime sockets on loopback, as OpenAI and Azure OpenAI do, by a script that "
            "repeats. Over Realtime the answers hum."
        ),
        epilog=textwrap.dedent(f"""\
            A server of ours is told so:
              LLM__REALTIME__BASE_URL=http://127.0.0.1:{DEFAULT_PORT}/v1 LLM__REALTIME__MODEL=any (and …__API_KEY)
              LLM__BASE_URL=http://127.0.0.1:{DEFAULT_PORT}/v1 LLM__MODEL=any LLM__API_KEY={DEFAULT_KEY}

            Examples:
              python -m emulators.openai --say "Good morning." --say "How can I help?"
              python -m emulators.openai --first-token-ms 900 --fault 429 --fault stall
            """),
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="default: %(default)s")
    parser.add_argument("--api-key", default=DEFAULT_KEY, metavar="KEY", help="default: %(default)s")
    parser.add_argument("--say", action="append", metavar="TEXT", help="an answer; give it as often as you like")
    parser.add_argument(
        "--first-token-ms", type=int, default=0, metavar="MS", help="delay of the first word; default: 0"
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        choices=sorted(FAULTS),
        metavar="NAME",
        help=f"what goes wrong once in every round, after the answers: {', '.join(sorted(FAULTS))}",
    )
    return parser
