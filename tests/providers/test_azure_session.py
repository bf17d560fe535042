"""A session's life around a recogniser: here a stand-in, for the order of things is what counts."""

import asyncio
from typing import Any, cast

import pytest

from media.audio_ring import AudioRing
from providers.azure_recognizer import AzureRecognizer
from providers.azure_session import AzureSession
from providers.azure_speech import NativeThreads
from providers.errors import SpeechServiceFailed


class Native:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.written = b""
        self.told: list[str] = []

    def write(self, pcm: bytes) -> None:
        self.written += pcm

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: self.told.append(name)


async def made(session: AzureSession, native: Native) -> None:
    """Begin, and wait until the recogniser is there."""
    is_made = asyncio.Event()
    loop = asyncio.get_running_loop()

    def tell() -> None:
        loop.call_soon_threadsafe(is_made.set)

    session.begin(lambda: cast(AzureRecognizer, native), tell)
    await is_made.wait()


async def test_what_came_while_it_was_made_is_passed_on_once() -> None:
    """The ring has it; places are those of the call."""
    threads, ring, native = NativeThreads(), AudioRing(1_000), Native()
    session = AzureSession(threads, 100, 0.0)
    ring.push(bytes(200) + b"\1\0" * 50)
    session.write(b"lost on nobody")
    await made(session, native)
    assert session.adopt(ring)
    assert native.written == b"\1\0" * 50
    ring.push(b"\2\0" * 10)
    session.write(b"\2\0" * 10)
    session.pad(5)
    session.write(b"\3\0" * 10)
    assert native.written == b"\1\0" * 50 + b"\2\0" * 10 + bytes(10) + b"\3\0" * 10
    assert [session.call_sample(at) for at in (0, 55, 62, 70)] == [100, 155, 160, 165]
    session.retire()
    await threads.close()


async def test_what_the_ring_has_lost_is_left_out() -> None:
    """A session that took too long begins later."""
    threads, ring, native = NativeThreads(), AudioRing(100), Native()
    session = AzureSession(threads, 0, 0.0)
    ring.push(bytes(1_000))
    await made(session, native)
    session.adopt(ring)
    assert (len(native.written), session.call_sample(0)) == (200, 400)
    session.retire()
    await threads.close()


async def test_it_is_muted_and_closed_once() -> None:
    """Retired twice, also while it is being made."""
    threads, ring, native = NativeThreads(), AudioRing(100), Native()
    session = AzureSession(threads, 0, 0.0)
    await made(session, native)
    session.adopt(ring)
    session.commit()
    session.renew("token")
    session.retire()
    session.retire()
    assert not session.is_listening
    assert not session.adopt(ring)
    late = Native()
    retired = AzureSession(threads, 0, 0.0)
    retired.begin(lambda: cast(AzureRecognizer, late), lambda: None)
    retired.retire()
    await threads.close()
    assert native.told == ["commit", "renew", "mute", "close"]
    assert late.told == ["close"]


async def test_one_that_cannot_be_made_says_so() -> None:
    """When it is to be used; retiring it is no error."""

    def fail() -> AzureRecognizer:
        raise SpeechServiceFailed("InvalidSettings", is_permanent=True)

    threads = NativeThreads()
    session = AzureSession(threads, 0, 0.0)
    session.begin(fail, lambda: None)
    with pytest.raises(SpeechServiceFailed):
        session.adopt(AudioRing(100))
    session.retire()
    await threads.close()
