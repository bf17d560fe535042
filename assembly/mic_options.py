"""What the command line says of a conversation by microphone."""

import argparse
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assembly.errors import CannotTalk
from media.sound_devices import Direction

_LINGER_S: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MicOptions:
    """What the command line says; None and empty: as it is configured."""

    config_path: Path | None = None
    company: str = ""
    name: str = ""
    task: str = ""
    language: str = ""
    is_listing: bool = False
    """Show the devices, and do nothing else."""
    microphone: str = ""
    loudspeaker: str = ""
    input_path: Path | None = None
    output_path: Path | None = None
    both_sides: bool = False
    linger_s: float = _LINGER_S


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Teach the command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = textwrap.dedent("""\
        Talk to the assistant by microphone and loudspeaker: the conversation is that of a telephone call, with the same
        ears, voice, turns, tools and claim. It needs no key and no headset: its own voice is taken out of what the
        microphone hears. A short tone says that it listens. While you talk you see the levels, the words (grey until
        they are final, struck out where you cut the assistant off), the claim, tools, and the latency of each answer.

        There is no telephone: no text message is sent and nobody is handed over; the assistant then says that it could
        not be done. Nothing is kept, unless recording is configured (features.recording_enabled).""")
    parser.epilog = textwrap.dedent("""\
        While you talk:
          0-9 * #      keys of the telephone
          Ctrl-C       hang up

        Files instead of devices (for machines without sound, and for tests):
          --input is played to the assistant in real time, from the moment that the line is open: begin it with as
          much silence as the greeting may take, or talk over it. Any WAV will do: PCM of 8 to 32 bits, floating
          point, A-law, mu-law; any rate; several channels are mixed. After its end the line stays open until the
          caller has had the answer, then it is hung up.
          --output holds what the loudspeaker would have played, as long as the call: mono, 16 bits, 16 kHz; with
          --both-sides the caller is in the left channel and the assistant in the right.

        Examples:
          python server.py mic
          python server.py mic --devices
          python server.py mic --microphone USB --loudspeaker 4
          python server.py mic --input caller.wav --output answer.wav
          python server.py mic --company "Contoso" --name Amelia --task "Help with a broken windscreen."

        Exit code: 0, also when it is ended by hand; 2 when it cannot be used.""")
    parser.add_argument("--devices", action="store_true", help="list microphones and loudspeakers, and end")
    for direction in Direction:
        parser.add_argument(
            direction.option,
            default="",
            metavar="DEVICE",
            help="its number, or words of its name (default: the usual one of this machine)",
        )
    parser.add_argument("--input", type=Path, metavar="FILE.wav", help="speak this instead of a microphone")
    parser.add_argument("--output", type=Path, metavar="FILE.wav", help="write what would be heard; only with --input")
    parser.add_argument("--both-sides", action="store_true", help="with --output: stereo, the caller left")
    parser.add_argument(
        "--linger",
        type=float,
        default=_LINGER_S,
        metavar="SECONDS",
        help="with --input: hang up so long after its end, answered or not (default: %(default)g)",
    )
    parser.add_argument("--company", default="", help="whom the assistant speaks for (default: the configured one)")
    parser.add_argument("--name", default="", help="its name (default: the configured one)")
    parser.add_argument("--task", default="", help="what it is there for (default: the configured one)")
    parser.add_argument("--language", default="", metavar="TAG", help="what is spoken first, for example fr-FR")


def options_of(parsed: argparse.Namespace) -> MicOptions:
    """What was given."""
    return MicOptions(
        config_path=parsed.config,
        company=parsed.company,
        name=parsed.name,
        task=parsed.task,
        language=parsed.language,
        is_listing=parsed.devices,
        microphone=parsed.microphone,
        loudspeaker=parsed.loudspeaker,
        input_path=parsed.input,
        output_path=parsed.output,
        both_sides=parsed.both_sides,
        linger_s=parsed.linger,
    )


def check(options: MicOptions) -> None:
    """Refuse what does not go together. Raises ``CannotTalk``."""
    if options.output_path is not None and options.input_path is None:
        raise CannotTalk("--output goes with --input: what a loudspeaker plays is not written down")
    if options.both_sides and options.output_path is None:
        raise CannotTalk("--both-sides goes with --output")
    if options.input_path is not None and (options.microphone or options.loudspeaker):
        raise CannotTalk("--input is spoken instead of a microphone: name no devices with it")
    if options.linger_s < 0:
        raise CannotTalk("--linger is no time before the end")
    if options.output_path is not None and options.output_path.is_dir():
        raise CannotTalk(f"{options.output_path} is a folder: name a file in it")
    if options.output_path is not None and options.output_path == options.input_path:
        raise CannotTalk("--output is the file of --input: it would be overwritten")
