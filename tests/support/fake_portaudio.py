"""PortAudio as far as we use it: devices, and streams whose callbacks come as often as a test wants.

What it does is what the documentation of ``sounddevice`` says: the callback gets a buffer
(read-only for a microphone, to be filled for a loudspeaker), the number of frames, the times
and the status; a name matches if it holds all words; nothing comes before ``start``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


class FakePortAudioError(Exception):
    """What the library raises."""


@dataclass
class Times:
    """Of one callback."""

    inputBufferAdcTime: float = 0.0  # noqa: N815
    outputBufferDacTime: float = 0.0  # noqa: N815
    currentTime: float = 0.0  # noqa: N815


@dataclass
class Flags:
    """The status of one callback."""

    input_overflow: bool = False
    output_underflow: bool = False


@dataclass
class FakeStream:
    """One open device."""

    settings: dict[str, Any]
    callback: Callable[[Any, int, Times, Flags], None]
    latency: float = 0.05
    is_running: bool = False
    is_closed: bool = False

    def start(self) -> None:
        self.is_running = True

    def stop(self) -> None:
        self.is_running = False

    def close(self) -> None:
        self.is_closed = True

    def hear(self, pcm: bytes, **flags: bool) -> None:
        """The microphone has heard this."""
        assert self.is_running
        self.callback(memoryview(pcm), len(pcm) // 2 // self.settings["channels"], Times(), Flags(**flags))

    def play(self, frames: int, *, delay_s: float = 0.04, **flags: bool) -> bytes:
        """The loudspeaker wants so much; what it got."""
        assert self.is_running
        buffer = bytearray(b"\x55" * (frames * 2 * self.settings["channels"]))
        size = len(buffer)
        self.callback(memoryview(buffer), frames, Times(0.0, 100.0 + delay_s, 100.0), Flags(**flags))
        assert len(buffer) == size
        return bytes(buffer)


def device(name: str, inputs: int, outputs: int, rate: float = 48_000.0) -> dict[str, Any]:
    """As ``query_devices`` tells it."""
    return {
        "name": name,
        "hostapi": 0,
        "max_input_channels": inputs,
        "max_output_channels": outputs,
        "default_samplerate": rate,
    }


DEVICES = (
    device("Laptop microphone", 1, 0, 16_000.0),
    device("Laptop loudspeaker", 0, 2),
    device("USB headset", 1, 1, 44_100.0),
    device("USB camera", 2, 0),
)


@dataclass
class FakePortAudio:
    """The module ``sounddevice``; the first two devices are the usual ones."""

    devices: tuple[dict[str, Any], ...] = DEVICES
    usual: tuple[int, int] = (0, 1)
    refuses: str = ""
    """Why no stream can be opened."""
    streams: list[FakeStream] = field(default_factory=list)
    PortAudioError: type[Exception] = FakePortAudioError

    def RawInputStream(self, **settings: Any) -> FakeStream:  # noqa: N802
        return self._open(settings)

    def RawOutputStream(self, **settings: Any) -> FakeStream:  # noqa: N802
        return self._open(settings)

    def _open(self, settings: dict[str, Any]) -> FakeStream:
        if self.refuses and len(self.streams) == 1:
            raise FakePortAudioError(self.refuses)
        self.streams.append(FakeStream(settings, settings["callback"]))
        return self.streams[-1]

    @property
    def loudspeaker(self) -> FakeStream:
        return self.streams[0]

    @property
    def microphone(self) -> FakeStream:
        return self.streams[1]

    def query_hostapis(self, index: int | None = None) -> Any:
        return ({"name": "ALSA"},)

    def query_devices(self, device: int | str | None = None, kind: str | None = None) -> Any:
        known = [{"index": index, **each} for index, each in enumerate(self.devices)]
        if kind is None:
            return tuple(known)
        if device is None:
            device = self.usual[("input", "output").index(kind)]
            if device < 0:
                raise FakePortAudioError("Error querying device -1")
        if isinstance(device, int):
            if device >= len(known):
                raise FakePortAudioError(f"Error querying device {device}")
            if not known[device][f"max_{kind}_channels"]:
                raise ValueError(f"Not an {kind} device: {known[device]['name']!r}")
            return known[device]
        words = device.lower().split()
        found = [
            each
            for each in known
            if each[f"max_{kind}_channels"] and all(word in each["name"].lower() for word in words)
        ]
        if not found:
            raise ValueError(f"No {kind} device matching {device!r}")
        if len(found) > 1:
            names = "\n".join(f"[{each['index']}] {each['name']}, ALSA" for each in found)
            raise ValueError(f"Multiple {kind} devices found for {device!r}:\n{names}")
        return found[0]
