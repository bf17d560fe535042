"""What a conversation by microphone is held over: this machine's devices, or two files."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from assembly.errors import CannotTalk
from assembly.mic_options import MicOptions
from media.errors import SoundUnavailable, UnreadableWav
from media.file_line import RATE_HZ, FileLine, FileOutput
from media.microphone_line import MicrophoneLine
from media.sound_devices import Direction, PortAudio, find_device, sound_devices
from media.wav_file import WavFile
from media.wav_reading import pcm_of_wav

LARGEST_WAV_BYTES: Final = 200_000_000
"""An hour and a half at 16 kHz, a quarter of an hour as studios record."""


def list_devices(portaudio: PortAudio, console: Console) -> None:
    """Show what can be heard with and spoken by."""
    devices = sound_devices(portaudio)
    if not devices:
        console.print("This machine has no microphone and no loudspeaker that PortAudio knows.")
        return
    usual = [_usual(portaudio, direction) for direction in Direction]
    table = Table("number", "microphone", "loudspeaker", "rate", "name", box=None, pad_edge=False)
    for each in devices:
        marks = [
            "" if not channels else "usual" if each.index == index else "yes"
            for channels, index in zip((each.input_channels, each.output_channels), usual, strict=True)
        ]
        table.add_row(str(each.index), *marks, f"{each.rate_hz} Hz", f"{each.name} ({each.system})")
    console.print(table)


def _usual(portaudio: PortAudio, direction: Direction) -> int | None:
    try:
        return find_device(portaudio, "", direction).index
    except SoundUnavailable:
        return None


def microphone_line(options: MicOptions, portaudio: PortAudio) -> MicrophoneLine:
    """The devices that are wanted, not open yet.

    Raises:
        SoundUnavailable: There are no such devices.
    """
    return MicrophoneLine(
        portaudio,
        microphone=find_device(portaudio, options.microphone, Direction.MICROPHONE),
        loudspeaker=find_device(portaudio, options.loudspeaker, Direction.LOUDSPEAKER),
    )


async def file_line(
    path: Path, output: FileOutput | None = None, on_frame: Callable[[FileLine], None] = lambda line: None
) -> FileLine:
    """A line that this file is spoken into.

    Args:
        path: A WAV file.
        output: Takes what is played.
        on_frame: Told after each frame.

    Raises:
        CannotTalk: The file cannot be read.
    """
    try:
        pcm = await asyncio.to_thread(_read, path)
    except OSError as error:
        raise CannotTalk(f"{path}: {_reason(error)}") from error
    except UnreadableWav as error:
        raise CannotTalk(f"{path}: {error}") from error
    return FileLine(pcm, now=time.monotonic, sleep=asyncio.sleep, output=output, on_frame=on_frame)


def _read(path: Path) -> bytes:
    if path.stat().st_size > LARGEST_WAV_BYTES:
        raise UnreadableWav(f"it is larger than {LARGEST_WAV_BYTES // 1_000_000} MB")
    return pcm_of_wav(path.read_bytes(), sample_rate_hz=RATE_HZ)


def begin_output(path: Path) -> None:
    """Make an empty file, so that nobody talks in vain.

    Raises:
        CannotTalk: It cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    except OSError as error:
        raise CannotTalk(f"{path}: {_reason(error)}") from error


async def write_output(output: FileOutput, path: Path, note: Callable[[str], None]) -> None:
    """Write what is played as it is played, until cancelled; then the file is whole.

    Args:
        output: What is played.
        path: See ``begin_output``.
        note: Told when the disk fails; the conversation goes on.
    """
    try:
        await WavFile(path, output).run()
    except OSError as error:
        note(f"{path}: {_reason(error)}; nothing more is written")


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
