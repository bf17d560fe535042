"""This machine's microphones and loudspeakers, by PortAudio."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, cast

from media.errors import SoundUnavailable

NOT_INSTALLED = (
    "PortAudio is not installed, so there is no microphone and no loudspeaker. "
    "Debian and Ubuntu: sudo apt install libportaudio2; Fedora: sudo dnf install portaudio; "
    "on macOS and Windows it comes with the Python package sounddevice. Without it, --input FILE.wav works"
)


class Direction(StrEnum):
    """What a device is wanted for; the values are PortAudio's."""

    MICROPHONE = "input"
    LOUDSPEAKER = "output"

    @property
    def option(self) -> str:
        """How the command line calls it."""
        return "--microphone" if self is Direction.MICROPHONE else "--loudspeaker"


class StreamTime(Protocol):
    """The moments of one callback, in seconds of one clock."""

    inputBufferAdcTime: float  # noqa: N815 (PortAudio's name)
    outputBufferDacTime: float  # noqa: N815 (PortAudio's name)
    currentTime: float  # noqa: N815 (PortAudio's name)


class StreamStatus(Protocol):
    """What went wrong since the last callback."""

    input_overflow: bool
    output_underflow: bool


Callback = Callable[[Any, int, StreamTime, StreamStatus], None]
"""Takes the buffer, its frames, the time and the status; on a thread of PortAudio's."""


class SoundStream(Protocol):
    """An open device."""

    @property
    def latency(self) -> float:
        """What the driver says, in seconds."""

    def start(self) -> object:
        """Let the callbacks begin."""

    def stop(self) -> object:
        """Play what was given, then let the callbacks end."""

    def close(self) -> object:
        """Give the device back."""


class PortAudio(Protocol):
    """What is used of the module ``sounddevice``."""

    @property
    def PortAudioError(self) -> type[Exception]:  # noqa: N802 (the library's name)
        """What it raises."""

    @property
    def RawInputStream(self) -> Callable[..., SoundStream]:  # noqa: N802 (the library's name)
        """Opens a microphone."""

    @property
    def RawOutputStream(self) -> Callable[..., SoundStream]:  # noqa: N802 (the library's name)
        """Opens a loudspeaker."""

    def query_devices(self, device: int | str | None = None, kind: str | None = None) -> Any:
        """All devices, or what is known of one."""

    def query_hostapis(self, index: int | None = None) -> Any:
        """All systems of sound, or what is known of one."""


@dataclass(frozen=True, slots=True)
class SoundDevice:
    """What is known of a device."""

    index: int
    name: str
    system: str
    """Which of the machine's systems of sound it belongs to: ALSA, Core Audio, WASAPI…"""
    input_channels: int
    output_channels: int
    rate_hz: int
    """The one that it is used at if nobody wants another."""


def load_portaudio() -> PortAudio:
    """The library, which looks for devices as it is loaded.

    Raises:
        SoundUnavailable: It is not installed.
    """
    try:
        import sounddevice
    except OSError as error:
        raise SoundUnavailable(NOT_INSTALLED) from error
    return cast(PortAudio, sounddevice)


def sound_devices(portaudio: PortAudio) -> list[SoundDevice]:
    """All that there are."""
    systems: Sequence[Mapping[str, Any]] = portaudio.query_hostapis()
    return [_device(each, systems) for each in portaudio.query_devices()]


def find_device(portaudio: PortAudio, wanted: str, direction: Direction) -> SoundDevice:
    """The device of this number, or of a name that holds these words; empty: the usual one.

    Raises:
        SoundUnavailable: There is none, or more than one.
    """
    kind = direction.value
    by: int | str | None = int(wanted) if wanted.isdecimal() else wanted or None
    try:
        found = portaudio.query_devices(by, kind)
    except (ValueError, portaudio.PortAudioError) as error:
        if not wanted:
            what = f"this machine has no usual {direction.name.lower()}"
            raise SoundUnavailable(f"{what}; --devices lists what it has") from error
        reason = str(error).strip().partition("\n")[0].rstrip(":") or type(error).__name__
        raise SoundUnavailable(f"{direction.option} {wanted}: {reason}; --devices lists them") from error
    return _device(found, portaudio.query_hostapis())


def _device(found: Mapping[str, Any], systems: Sequence[Mapping[str, Any]]) -> SoundDevice:
    return SoundDevice(
        index=found["index"],
        name=found["name"],
        system=systems[found["hostapi"]]["name"],
        input_channels=found["max_input_channels"],
        output_channels=found["max_output_channels"],
        rate_hz=round(found["default_samplerate"]),
    )
