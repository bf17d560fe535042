import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from media.playout import Word
from pipeline.errors import SynthesisError
from pipeline.ports import Delivery
from pipeline.speak import Chunk, Chunks, Speaking, SpokenPiece, Stage, delivery_of
from tests.support.fakes import FakeStreamingVoice, FakeVoice, empty_dialogue

ENGLISH, FRENCH = Delivery("en-US"), Delivery("fr-FR", 0.9)


async def test_sound_is_converted_to_the_rate_of_the_line() -> None:
    """Words move with it, and the first audible sample is found."""
    (piece,) = [piece async for piece in Speaking(FakeVoice(delay_s=0), line_rate_hz=24_000).speak("Two words.")]
    assert abs(len(piece.pcm) // 2 - 4_800) <= 1
    assert piece.words == (Word("Two", 2_400), Word("words.", 4_800))
    assert piece.first_audible_sample == 0


async def said(voice: FakeVoice, delivery: Delivery, *texts: tuple[str, Delivery]) -> list[str]:
    """What is told and played of a reply, in order."""
    chunks: Chunks = asyncio.Queue(16)
    for text, how in texts:
        chunks.put_nowait(Chunk(text, how))
    chunks.put_nowait(None)
    seen: list[str] = []

    async def play(piece: SpokenPiece) -> None:
        seen.append(f"<{len(piece.pcm) // 3_200}>")

    async def room() -> None:
        pass

    await Speaking(voice, line_rate_hz=16_000).say(chunks, delivery, Stage(seen.append, play, room))
    return seen


REPLY: Sequence[tuple[str, Delivery]] = (
    ("One two. ", ENGLISH),
    ("Un. ", FRENCH),
    ("Deux. ", FRENCH),
    ("Three.", ENGLISH),
)


async def test_each_chunk_is_spoken_in_its_way() -> None:
    """In order, and told when it begins to sound."""
    voice = FakeVoice(delay_s=0)
    assert await said(voice, ENGLISH, *REPLY) == ["One two.", "<2>", "Un.", "<1>", "Deux.", "<1>", "Three.", "<1>"]
    assert voice.deliveries == [ENGLISH, FRENCH, FRENCH, ENGLISH]


async def test_a_stream_speaks_in_one_way() -> None:
    """The next way takes the next stream, when the one before has been spoken to its end; no word is lost."""
    voice = FakeStreamingVoice(delay_s=0)
    assert await said(voice, ENGLISH, *REPLY) == ["One two.", "<2>", "Un.", "<1>", "Deux.", "<1>", "Three.", "<1>"]
    assert [stream.written for stream in voice.streams] == [["One two. "], ["Un. ", "Deux. "], ["Three."]]
    assert voice.deliveries == [ENGLISH, FRENCH, FRENCH, ENGLISH]
    assert all(stream.is_closed for stream in voice.streams)


async def test_a_stream_that_was_opened_for_nothing() -> None:
    """The reply begins in another language than was thought: nothing is said twice, and a failure is one."""
    voice = FakeStreamingVoice(delay_s=0)
    assert await said(voice, ENGLISH, ("Un.", FRENCH)) == ["Un.", "<1>"]
    assert [stream.written for stream in voice.streams] == [[], ["Un."]]
    voice.fails = True
    with pytest.raises(SynthesisError):
        await said(voice, FRENCH, ("Un.", FRENCH))


def test_how_a_dialogue_is_spoken() -> None:
    """In its language, or that of the text if the call can be held in it."""
    dialogue = replace(empty_dialogue(), languages=("en-US", "fr-FR"), language="fr", speed=1.1)
    assert delivery_of(dialogue) == Delivery("fr-FR", 1.1)
    assert delivery_of(dialogue, "en-GB") == Delivery("en-US", 1.1)
    assert delivery_of(dialogue, "it-IT") == Delivery("fr-FR", 1.1)
    assert delivery_of(empty_dialogue()) == Delivery()
