"""A supervisor who listens to a call over WebRTC, without a browser; one with a microphone can take the call over."""

import contextlib
from collections.abc import AsyncIterator

from tests.support.webrtc_caller import WebRtcCaller


class WebRtcSupervisor(WebRtcCaller):
    """One listener: ``heard`` keeps what it hears, ``mouth`` speaks if it has a microphone."""

    def __init__(self, *, has_microphone: bool = False) -> None:
        self.has_microphone = has_microphone
        super().__init__()

    def _offer_sound(self) -> None:
        if self.has_microphone:
            self.connection.addTrack(self.mouth)
        else:
            self.connection.addTransceiver("audio", direction="recvonly")


@contextlib.asynccontextmanager
async def supervisor(*, has_microphone: bool = False) -> AsyncIterator[WebRtcSupervisor]:
    """Somebody who has not offered anything yet; gone afterwards."""
    who = WebRtcSupervisor(has_microphone=has_microphone)
    try:
        yield who
    finally:
        await who.connection.close()
