"""What the network tells whoever lives through a call."""

from collections.abc import Callable, Mapping
from typing import Protocol

from emulators.network_faults import CallbackFault, LineFault


class CallPlayer(Protocol):
    """Whoever lives through a call: is told what the server under test asked for, and must not block."""

    def answered(self) -> None:
        """The server took the call."""

    def hung_up(self) -> None:
        """The server left it, or refused it."""

    def post(self, event: Mapping[str, object], url: str | None = None) -> None:
        """Send a callback after those before it: to the call's callbackUri, or to this URL."""

    def later(self, delay_s: float, action: Callable[[], None]) -> None:
        """Do this after a while, unless the call is over by then."""

    def left_alone(self, reason: str) -> None:
        """Nobody is left to talk to: end the call. ``reason`` is a value of ``CallEnd``."""

    def start_streaming(self, context: str | None, url: str | None) -> None:
        """Open the media socket."""

    def stop_streaming(self, context: str | None, url: str | None) -> None:
        """Close the media socket."""

    def play(self, duration_ms: int) -> None:
        """Let the person hear a tone so long; 0 ends it."""

    def break_line(self, fault: LineFault) -> None:
        """Let this happen to the media socket, now."""

    def fail_callback(self, fault: CallbackFault) -> None:
        """Let this happen to a callback."""

    def heard_samples(self) -> int:
        """How much of the line there has been."""

    def stereo(self, start_sample: int, end_sample: int) -> bytes:
        """The sound of the line between: 16-bit PCM, the person left, the server right."""

    def hear(self, what: str, detail: str) -> None:
        """Something for the list of events."""


class Unplayed:
    """A call that nobody lives through: for tests of what is around it."""

    def answered(self) -> None:
        """Ignore it."""

    def hung_up(self) -> None:
        """Ignore it."""

    def post(self, event: Mapping[str, object], url: str | None = None) -> None:
        """Ignore it."""

    def later(self, delay_s: float, action: Callable[[], None]) -> None:
        """Ignore it."""

    def left_alone(self, reason: str) -> None:
        """Ignore it."""

    def start_streaming(self, context: str | None, url: str | None) -> None:
        """Ignore it."""

    def stop_streaming(self, context: str | None, url: str | None) -> None:
        """Ignore it."""

    def play(self, duration_ms: int) -> None:
        """Ignore it."""

    def break_line(self, fault: LineFault) -> None:
        """Ignore it."""

    def fail_callback(self, fault: CallbackFault) -> None:
        """Ignore it."""

    def heard_samples(self) -> int:
        """There is no line."""
        return 0

    def stereo(self, start_sample: int, end_sample: int) -> bytes:
        """There is no line."""
        return b""

    def hear(self, what: str, detail: str) -> None:
        """Ignore it."""
