"""What aiortc receives, given on without its buffer: see ``media.webrtc_reorder`` for the reason.

aiortc has no setting for it. One receiver, that of a call, is told to use our order of
packets in the place of its own; the class stays as it is.
"""

from aiortc import RTCRtpReceiver
from aiortc.jitterbuffer import JitterFrame
from aiortc.rtp import RtpPacket

from media.webrtc_reorder import Reorder

_BUFFER = "_RTCRtpReceiver__jitter_buffer"


class _NoBuffer:
    """In the place of aiortc's: what comes goes."""

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        return False, JitterFrame(packet._data, packet.timestamp)  # type: ignore[attr-defined]


def receive_at_once(receiver: RTCRtpReceiver) -> Reorder[tuple[RtpPacket, int]]:
    """Let a receiver of sound decode each packet as soon as it is in its turn; before the first one comes.

    Returns:
        What brings the packets into their order, for its counts.
    """
    order: Reorder[tuple[RtpPacket, int]] = Reorder()
    handle = receiver._handle_rtp_packet

    async def handle_in_order(packet: RtpPacket, arrival_time_ms: int) -> None:
        for ready, at in order.add(packet.sequence_number, (packet, arrival_time_ms)):
            await handle(ready, at)

    setattr(receiver, _BUFFER, _NoBuffer())
    receiver._handle_rtp_packet = handle_in_order  # type: ignore[method-assign]
    return order
