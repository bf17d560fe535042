"""What aiortc and aioice leave to be done about the ways that packets take: found on this machine, and let go of."""

import asyncio

from aioice import Candidate, Connection
from aioice.stun import TransactionError
from aiortc import RTCPeerConnection

_LOOPBACK = "127.0.0.1"
_CLOSE_TIMEOUT_S = 2.0
_ASKED_AGAIN = 2
"""After 0.5 and 1 s more; the last one is waited for for 2 s."""
_SETTLES_S = 0.1
"""Whoever connects looks every 20 ms whether there is still a way."""


def ways_of(peer: RTCPeerConnection) -> list[Connection]:
    """The ICE connections of a peer, each once."""
    transports = [each.receiver.transport for each in peer.getTransceivers()]
    if peer.sctp is not None:
        transports.append(peer.sctp.transport)
    return list(dict.fromkeys(each.transport.iceGatherer._connection for each in transports))


def reach_this_machine(peer: RTCPeerConnection) -> None:
    """Let a peer offer 127.0.0.1, if this machine has no other address: aioice leaves it out. Before it gathers.

    Without any network whoever calls is on this machine.
    """
    for way in ways_of(peer):
        _gather_on_loopback(way)


def _gather_on_loopback(way: Connection) -> None:
    gather = way.get_component_candidates

    async def gather_here(component: int, addresses: list[str], timeout: int = 5) -> list[Candidate]:
        return await gather(component, addresses or [_LOOPBACK], timeout)

    way.get_component_candidates = gather_here  # type: ignore[method-assign]


async def is_there(peer: RTCPeerConnection) -> bool:
    """Whether the other side answers, by the way that was chosen; asked three times, within 3.5 seconds.

    Every browser must answer such a request, with nothing of a page taking part: so it tells of
    one that has crashed or is asleep, and not of one whose page is in the background.
    """
    for way in ways_of(peer):
        for pair in tuple(way._nominated.values()):
            request = way.build_request(pair, nominate=False)
            key = (way.remote_password or "").encode()
            try:
                await pair.protocol.request(request, pair.remote_addr, integrity_key=key, retransmissions=_ASKED_AGAIN)
            except TransactionError:
                return False
    return True


async def close_peer(peer: RTCPeerConnection) -> None:
    """Close a peer; nothing of it is left. Idempotent.

    aiortc starts what it has stopped before, if it is closed while it connects, and aioice
    asks the other side for its consent for half a minute more. So the ways are closed
    first, which ends the connecting.
    """
    ways = ways_of(peer)
    for way in ways:
        way.query_consent = _ask_nobody  # type: ignore[method-assign]
    try:
        async with asyncio.timeout(_CLOSE_TIMEOUT_S):
            if peer.connectionState == "connecting":
                for way in ways:
                    await way.close()
                await asyncio.sleep(_SETTLES_S)
            await peer.close()
    except TimeoutError:
        return


async def _ask_nobody() -> None:
    """In the place of asking again and again."""
