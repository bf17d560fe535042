"""Ways that packets take: loopback, and letting go amid the connecting. Whole connections are in test_webrtc_peer."""

import asyncio

import pytest
from aioice import Connection
from aiortc import RTCConfiguration, RTCPeerConnection

from media.webrtc_ice import close_peer, reach_this_machine, ways_of


def a_peer() -> RTCPeerConnection:
    """One that offers sound and data."""
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    peer.addTransceiver("audio")
    peer.createDataChannel("keys")
    return peer


@pytest.mark.parametrize(("addresses", "gathered"), [([], ["127.0.0.1"]), (["192.0.2.9"], ["192.0.2.9"])])
async def test_loopback_is_for_who_has_nothing_else(
    addresses: list[str], gathered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address of the network is not joined by it."""
    asked: list[list[str]] = []

    async def note(self: Connection, component: int, addresses: list[str], timeout: int = 5) -> list[object]:
        asked.append(addresses)
        return []

    monkeypatch.setattr(Connection, "get_component_candidates", note)
    peer = a_peer()
    reach_this_machine(peer)
    ways = ways_of(peer)
    assert len(ways) == 2
    for way in ways:
        await way.get_component_candidates(1, addresses)
    assert asked == [gathered] * 2
    await close_peer(peer)


async def test_closing_at_any_moment_of_the_connecting() -> None:
    """Whether nothing, half or all of it is done: no task is left, and nobody waits."""
    before = asyncio.all_tasks()
    for moment_ms in (0, 1, 5, 10, 15, 20, 25, 30, 40, 60, 100):
        one, other = a_peer(), RTCPeerConnection(RTCConfiguration(iceServers=[]))
        reach_this_machine(one)
        await one.setLocalDescription(await one.createOffer())
        await other.setRemoteDescription(one.localDescription)
        reach_this_machine(other)
        await other.setLocalDescription(await other.createAnswer())
        await one.setRemoteDescription(other.localDescription)
        await asyncio.sleep(moment_ms / 1000)
        await close_peer(one)
        await close_peer(other)
        await close_peer(other)
        async with asyncio.timeout(10):
            while not asyncio.all_tasks() <= before:
                await asyncio.sleep(0.005)
