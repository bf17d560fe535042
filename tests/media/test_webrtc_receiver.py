"""What comes over a real connection that loses packets: how late it is, and that it does not stay late."""

import asyncio

from aiortc import RTCRtpReceiver
from aiortc.rtp import RtpPacket

from media.line import AudioReceived
from media.webrtc_peer import PeerSettings, WebRtcPeer
from tests.support.webrtc_caller import WebRtcCaller


async def test_loss_is_no_delay_for_good() -> None:
    """For every tenth packet that is lost there is silence; as many frames come out as went in, and in time."""
    peer, caller = WebRtcPeer(PeerSettings(vanished_after_ms=60_000)), WebRtcCaller()
    numbers: list[int] = []
    frames: list[AudioReceived] = []

    async def listen() -> None:
        async for event in peer.line.events():
            if isinstance(event, AudioReceived):
                frames.append(event)

    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        await caller.accept(await peer.answer(await caller.offer()))
        (transceiver,) = peer._connection.getTransceivers()
        lose(transceiver.receiver, numbers)
        assert await peer.connected()
        listening = [tasks.create_task(listen()), tasks.create_task(peer.run())]
        while len(numbers) < 80:
            await asyncio.sleep(0.01)
        while expected(numbers) - len(frames) > 4:  # three that are waited for, and one in the decoder
            await asyncio.sleep(0.005)
        await peer.close()
        await caller.hang_up()
        for task in listening:
            task.cancel()


def expected(numbers: list[int]) -> int:
    """How many frames were sent so far."""
    return (numbers[-1] - numbers[0]) % 65_536 + 1


def lose(receiver: RTCRtpReceiver, numbers: list[int]) -> None:
    """Let every tenth packet be lost on the way; ``numbers`` are those that were sent."""
    handle = receiver._handle_rtp_packet

    async def handle_most(packet: RtpPacket, arrival_time_ms: int) -> None:
        numbers.append(packet.sequence_number)
        if len(numbers) % 10:
            await handle(packet, arrival_time_ms)

    receiver._handle_rtp_packet = handle_most  # type: ignore[method-assign]
