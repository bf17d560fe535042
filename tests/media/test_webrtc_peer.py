"""Real connections between a peer of ours and a caller, in one process."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator

import ifaddr
import numpy as np
import pytest

from media.errors import BadOffer
from media.line import AudioReceived, DigitReceived, LineEvent, LineOpened
from media.webrtc_peer import IceServer, PeerEnd, PeerSettings, WebRtcPeer
from tests.support.fakes import loud
from tests.support.webrtc_caller import WebRtcCaller
from tests.support.webrtc_supervisor import supervisor

PATIENT = PeerSettings(vanished_after_ms=60_000)


@contextlib.asynccontextmanager
async def connected(
    settings: PeerSettings = PATIENT,
) -> AsyncIterator[tuple[WebRtcPeer, WebRtcCaller, list[LineEvent]]]:
    """A peer, its caller, and what the peer's line has heard; afterwards nothing of them is left."""
    before = asyncio.all_tasks()
    peer, caller = WebRtcPeer(settings), WebRtcCaller()
    heard: list[LineEvent] = []

    async def listen() -> None:
        async for event in peer.line.events():
            heard.append(event)

    try:
        async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
            await caller.accept(await peer.answer(await caller.offer()))
            assert await peer.connected()
            listening = [tasks.create_task(listen()), tasks.create_task(caller.listen())]
            yield peer, caller, heard
            await peer.close()
            for task in listening:
                task.cancel()
    finally:
        await peer.close()
        await caller.hang_up()
    async with asyncio.timeout(10):
        while asyncio.all_tasks() != before or "audio-decoder" in {each.name for each in threading.enumerate()}:
            await asyncio.sleep(0.01)


async def until_heard(heard: list[LineEvent]) -> None:
    """Wait until the line has given a loud frame."""
    looked_at = 0
    while True:
        for event in heard[looked_at:]:
            if isinstance(event, AudioReceived) and np.abs(np.frombuffer(event.pcm, "<i2").astype(int)).max() > 2_000:
                return
        looked_at = len(heard)
        await asyncio.sleep(0.005)


async def test_sound_and_keys_go_both_ways() -> None:
    """What the caller says and presses comes out of the line, and what is sent to the line is heard by the caller."""
    async with connected() as (peer, caller, heard), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(peer.run())
        caller.mouth.say(loud(200))
        await until_heard(heard)
        await caller.press("1#")
        await peer.line.send_audio(loud(100))
        await caller.hears(above=2_000)
        while sum(isinstance(each, DigitReceived) for each in heard) < 2:
            await asyncio.sleep(0.01)
        assert heard[0] == LineOpened(16_000)
        assert [each.digit for each in heard if isinstance(each, DigitReceived)] == ["1", "#"]
        assert {len(each.pcm) for each in heard if isinstance(each, AudioReceived)} == {640}
        await peer.line.close()
        assert await running is PeerEnd.CLOSED


async def test_opus_alone_is_answered() -> None:
    """Whatever else is offered, and first: no other codec has the rate of the line."""
    peer, caller = WebRtcPeer(PATIENT), WebRtcCaller()
    offer = await caller.offer()
    payloads = next(line for line in offer.splitlines() if line.startswith("m=audio")).split()[3:]
    assert len(payloads) > 1
    answer = await peer.answer(offer.replace(" ".join(payloads), " ".join(reversed(payloads))))
    assert [line.partition(" ")[2] for line in answer.splitlines() if "rtpmap" in line] == ["opus/48000/2"]
    await peer.close()
    await caller.hang_up()


async def test_a_caller_who_hangs_up_has_hung_up() -> None:
    """The end is known at once: nobody waits for silence."""
    async with connected() as (peer, caller, heard), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(peer.run())
        await until_any(heard)
        await caller.hang_up()
        assert await running is PeerEnd.HUNG_UP


async def test_a_caller_who_vanishes_is_missed() -> None:
    """Without any sound for so long, even silence, they are gone."""
    async with connected(PeerSettings(vanished_after_ms=700)) as (peer, caller, heard), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(peer.run())
        await until_any(heard)
        caller.vanish()
        assert await running is PeerEnd.VANISHED


async def test_one_who_only_listens_and_vanishes_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is heard of them at any time; but whoever is there answers when asked, also when some of it is lost."""
    monkeypatch.setattr("media.webrtc_peer._ASKED_EVERY_S", 0.05)
    async with supervisor() as listener, asyncio.TaskGroup() as tasks:
        peer = WebRtcPeer(PATIENT)
        await listener.accept(await peer.answer(await listener.offer(), must_send=False))
        assert await peer.connected()
        running = tasks.create_task(peer.run())
        await asyncio.sleep(0.5)  # asked ten times
        assert not running.done()
        listener.vanish()
        async with asyncio.timeout(15):  # 3.5 s, where nothing else runs; ICE itself needs 25 s and more
            assert await running is PeerEnd.VANISHED
        await peer.close()


async def test_one_who_only_listens_is_let_go_at_once() -> None:
    """Whatever they are asked just then: nobody waits for the answer."""
    async with supervisor() as listener, asyncio.TaskGroup() as tasks:
        peer = WebRtcPeer(PATIENT)
        await listener.accept(await peer.answer(await listener.offer(), must_send=False))
        assert await peer.connected()
        running = tasks.create_task(peer.run())
        await asyncio.sleep(0)
        await peer.line.close()
        assert await running is PeerEnd.CLOSED
        await peer.close()


async def until_any(heard: list[LineEvent]) -> None:
    """Wait for the first sound."""
    while not any(isinstance(each, AudioReceived) for each in heard):
        await asyncio.sleep(0.01)


async def test_the_last_words_are_heard() -> None:
    """What was queued leaves before the connection is closed, but nobody waits for ever."""
    async with connected() as (peer, _caller, _heard):
        await peer.line.send_audio(loud(200))
        await peer.line.close()
        await peer.last_words(10, buffered_s=0.0)
        assert peer._track.queued_ms == 0
        peer._track.put(loud(800))
        await peer.last_words(0.01, buffered_s=60.0)


async def test_where_there_is_only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any network but its own: both find each other on it."""
    adapters = [each for each in ifaddr.get_adapters() if "127.0.0.1" in {ip.ip for ip in each.ips}]
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: adapters)
    async with connected() as (peer, caller, heard), asyncio.TaskGroup() as tasks:
        assert "127.0.0.1" in caller.connection.remoteDescription.sdp
        running = tasks.create_task(peer.run())
        caller.mouth.say(loud(200))
        await until_heard(heard)
        await peer.line.close()
        await running


async def test_an_offer_that_cannot_be_taken_leaves_nothing() -> None:
    """Whatever is wrong with it, the peer can be closed, and then nothing is left."""
    before = asyncio.all_tasks()
    caller = WebRtcCaller()
    offer = await caller.offer()
    for sdp in ("", "v=0", offer.replace("m=audio", "m=video"), offer.replace("BUNDLE 0", "BUNDLE 9")):
        peer = WebRtcPeer(PATIENT)
        with contextlib.suppress(BadOffer):
            await peer.answer(sdp)
        await peer.close()
        assert not await peer.connected()
    with pytest.raises(BadOffer, match="no audio"):
        await WebRtcPeer(PATIENT).answer("")
    await caller.hang_up()
    async with asyncio.timeout(10):
        while asyncio.all_tasks() != before:
            await asyncio.sleep(0.01)


async def test_giving_up() -> None:
    """Nobody comes: whoever waits for the connection is told so, and it can be closed."""
    caller, peer = WebRtcCaller(), WebRtcPeer(PATIENT)
    await peer.answer(await caller.offer())
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(peer.connected())
        await asyncio.sleep(0)
        peer.give_up()
        assert not await waiting
    await peer.close()
    await peer.close()
    await caller.hang_up()
    assert peer.closed.is_set()


async def test_servers_are_those_of_the_settings() -> None:
    """None of them: no server of the internet is asked either."""
    alone = WebRtcPeer(PATIENT)._connection._RTCPeerConnection__configuration  # type: ignore[attr-defined]
    assert alone.iceServers == []
    turn = IceServer(("turn:turn.example.com:3478",), "user", "secret")
    behind = WebRtcPeer(PeerSettings((turn,)))._connection._RTCPeerConnection__configuration  # type: ignore[attr-defined]
    (server,) = behind.iceServers
    assert (server.urls, server.username, server.credential) == (["turn:turn.example.com:3478"], "user", "secret")
    assert "secret" not in repr(turn)
