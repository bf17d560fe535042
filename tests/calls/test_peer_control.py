"""Control of a call that no telephone service knows."""

import asyncio

import pytest

from calls.errors import CallControlError
from calls.peer_control import PeerControl
from calls.ports import CallControl, RejectReason, TransferTarget
from media.webrtc_peer import PeerSettings, WebRtcPeer


async def test_it_is_answered_and_ended_here() -> None:
    """The connection is there already; hanging up waits until it is closed, or closes it."""
    peer = WebRtcPeer(PeerSettings())
    control: CallControl = PeerControl(peer)
    answered = await control.answer(incoming_call_context="", callback_url="", media_url="", operation_context="c")
    assert answered.call_connection_id == "webrtc-c"
    await control.ping()
    async with asyncio.TaskGroup() as tasks:
        hanging_up = tasks.create_task(control.hang_up("webrtc-c"))
        await asyncio.sleep(0)
        assert not hanging_up.done()
        await peer.close()
    other = WebRtcPeer(PeerSettings())
    await PeerControl(other).reject(incoming_call_context="", reason=RejectReason.BUSY)
    assert other.closed.is_set()
    await control.close()


async def test_a_connection_that_nobody_closes_is_closed() -> None:
    """After a moment."""
    peer = WebRtcPeer(PeerSettings())
    await PeerControl(peer).hang_up("webrtc-c")
    assert peer.closed.is_set()


async def test_what_only_a_telephone_service_can_do_is_refused() -> None:
    """And what is no request at all is none here either."""
    peer = WebRtcPeer(PeerSettings())
    control, target = PeerControl(peer), TransferTarget("+12025550143")
    refused = [
        control.transfer("c", target, operation_context="c"),
        control.invite("c", target, from_number="", operation_context="c"),
        control.start_recording("c", state_callback_url=""),
        control.play("c", "https://x.example/a.wav", operation_context="c"),
        control.place(to_number="+1", from_number="", callback_url="", media_url="", operation_context="c"),
    ]
    for request in refused:
        with pytest.raises(CallControlError, match="from a browser"):
            await request
    await control.stop_recording("r")
    await control.cancel_play("c")
    await control.start_media_streaming("c")
    await control.start_continuous_dtmf("c", "4:+1")
    await control.stop_continuous_dtmf("c", "4:+1")
    await peer.close()
