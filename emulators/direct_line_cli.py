"""``python -m emulators.direct_line``: a bot on this machine, to develop against without any account."""

import argparse
import asyncio
import textwrap
from collections.abc import Sequence
from typing import Final

from rich.console import Console

from emulators.direct_line import DirectLineEmulator
from emulators.direct_line_script import Answer, Ends, HandsOff, Part, Says, Waits, answers
from emulators.interruption import stop_ordered

DEFAULT_PORT: Final = 8094
DEFAULT_ANSWERS: Final = (
    "Hello, this is the bot of Contoso. How can I help you?",
    "I see. Which product is it about?",
    "Thank you. What is its serial number?",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C; the exit code."""
    options = _parser().parse_args(arguments)
    emulator = DirectLineEmulator(script_of(options), secret=options.secret, repeats=True, port=options.port)
    try:
        asyncio.run(_serve(emulator, Console(highlight=False, soft_wrap=True)))
    except OSError as error:
        Console(stderr=True).print(f"[red]{error}[/red]")
        return 2
    return 0


def script_of(options: argparse.Namespace) -> tuple[Answer, ...]:
    """Every answer once, the first of them to the beginning of a call; then what ends it."""
    wait = (Waits(options.delay_ms / 1000),) if options.delay_ms else ()
    said = [Answer((*wait, *each.parts)) for each in answers(*(options.say or DEFAULT_ANSWERS))]
    last: dict[str, Part] = {"hand-off": HandsOff({"va_AgentMessage": "asked for a human"}), "end": Ends()}
    return (*said, Answer((*wait, Says("That is all I know."), last[options.then])))


async def _serve(emulator: DirectLineEmulator, console: Console) -> None:
    stopped = stop_ordered()
    async with emulator:
        console.print(f"token_endpoint: {emulator.token_endpoint}")
        console.print(f"or endpoint {emulator.endpoint} with secret {emulator.secret}")
        await stopped.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m emulators.direct_line",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Serve a bot over Direct Line 3.0 on loopback, as Copilot Studio does, by a script that repeats.",
        epilog=textwrap.dedent(f"""\
            A server of ours is told so:
              CONVERSATION__ASSISTANT=direct_line DIRECT_LINE__SECRET=direct-line-secret
              DIRECT_LINE__ENDPOINT=http://127.0.0.1:{DEFAULT_PORT}

            Example:
              python -m emulators.direct_line --say "Welcome." --say "Which city?" --then hand-off
            """),
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="default: %(default)s")
    parser.add_argument("--secret", default="direct-line-secret", help="default: %(default)s")
    parser.add_argument("--say", action="append", metavar="TEXT", help="an answer; give it as often as you like")
    parser.add_argument("--delay-ms", type=int, default=0, metavar="MS", help="before each answer; default: 0")
    parser.add_argument("--then", choices=("hand-off", "end"), default="end", help="at last; default: %(default)s")
    return parser
