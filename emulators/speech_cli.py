"""``python -m emulators.speech``: the Speech service on this machine, without Azure."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from emulators.errors import EmulatorError
from emulators.interruption import stop_ordered
from emulators.speech import SpeechEmulator
from providers.moonshine import MoonshineSpeechToText
from providers.piper import PiperTextToSpeech

DEFAULT_PORT = 8093


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted.

    Returns:
        The exit code: 2 when the port is taken, or when a client did what the service does not take.
    """
    options = build_parser().parse_args(arguments)
    try:
        asyncio.run(_serve(options))
    except (EmulatorError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - the user at a terminal reads this
        return 2
    return 0


def build_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m emulators.speech",
        description=(
            "The Azure Speech service on this machine: recognition by Moonshine and synthesis by Piper, over the "
            "protocol that the Speech SDK speaks. English only; stop with Ctrl-C."
        ),
        epilog=(
            f'Use it with SpeechConfig(host="ws://127.0.0.1:{DEFAULT_PORT}"), '
            "or with speech.azure.host in the configuration."
        ),
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="port on 127.0.0.1 (default: %(default)s)")
    parser.add_argument("--key", default="", help="refuse clients without this key (default: take everybody)")
    parser.add_argument("--threads", type=int, default=2, help="threads of each engine (default: %(default)s)")
    return parser


async def _serve(options: argparse.Namespace) -> None:
    stopped = stop_ordered()
    ears = MoonshineSpeechToText(threads=options.threads)
    voice = PiperTextToSpeech(threads=options.threads)
    try:
        await ears.warm_up()
        await voice.warm_up()
        async with SpeechEmulator(ears=ears, voice=voice, key=options.key, port=options.port) as emulator:
            print(f"Speech is served at {emulator.endpoint}", flush=True)  # noqa: T201 - as above
            await stopped.wait()
    finally:
        await ears.close()
        await voice.close()
