"""What every speech engine must do, whoever makes it: called by the tests of each one."""

import asyncio
import re
from collections.abc import Iterator, Sequence

import jiwer

from pipeline.ports import Hypothesis, Recognition, Speech, SpeechToText, TextToSpeech

FRAME_MS = 20


def words_of(text: str) -> str:
    """Lower case, letters and digits only: what two recognisers may agree on."""
    return " ".join(re.sub(r"[^a-z0-9' ]", " ", text.lower().replace("mr.", "mister")).split())


def word_error_rate(said: Sequence[str], understood: Sequence[str]) -> float:
    """Errors per word over several texts."""
    return float(jiwer.wer([words_of(text) for text in said], [words_of(text) for text in understood]))


def frames_of(pcm: bytes, rate_hz: int) -> Iterator[bytes]:
    """Cut into 20 ms frames as they come from a call."""
    frame_bytes = rate_hz * FRAME_MS // 1000 * 2
    for at in range(0, len(pcm), frame_bytes):
        yield pcm[at : at + frame_bytes]


async def heard_in(recognition: Recognition, finals: int) -> list[Hypothesis]:
    """Collect what a recognition yields until so many finals have come, then close it."""
    heard: list[Hypothesis] = []
    async for hypothesis in recognition.hypotheses():
        heard.append(hypothesis)
        if sum(one.is_final for one in heard) == finals:
            await recognition.close()
    return heard


async def heard_stretches(engine: SpeechToText, stretches: Sequence[bytes]) -> list[Hypothesis]:
    """Play stretches of speech, half a second of silence around each, and collect what is heard."""
    silence = bytes(engine.sample_rate_hz)
    recognition = await engine.open("call")
    async with asyncio.TaskGroup() as tasks:
        heard = tasks.create_task(heard_in(recognition, len(stretches)))
        position = 0
        for pcm in stretches:
            recognition.push(silence)
            position += len(silence) // 2
            recognition.speech_started(position)
            for frame in frames_of(pcm, engine.sample_rate_hz):
                recognition.push(frame)
                await asyncio.sleep(0)
            position += len(pcm) // 2
            recognition.push(silence)
            recognition.speech_stopped(position)
            position += len(silence) // 2
    return heard.result()


async def check_stretches(engine: SpeechToText, stretches: Sequence[bytes]) -> list[str]:
    """Check that each stretch gets growing partials and exactly one final; return the finals' texts."""
    heard = await heard_stretches(engine, stretches)
    finals = [one for one in heard if one.is_final]
    assert len(finals) == len(stretches)
    assert len({one.start_sample for one in finals}) == len(finals), "two finals for one stretch"
    for final in finals:
        own = [one for one in heard if one.start_sample == final.start_sample]
        assert own[-1] is final, "a hypothesis came after the final one"
        ends = [one.end_sample for one in own]
        assert ends == sorted(ends)
        assert all(one.start_sample < one.end_sample for one in own)
    return [one.text for one in finals]


async def check_silence_ends(engine: SpeechToText) -> None:
    """Check that a stretch of silence gets its final, without text, and that ``close`` may come twice."""
    assert await check_stretches(engine, [bytes(engine.sample_rate_hz)]) == [""]
    recognition = await engine.open("call")
    await recognition.close()
    await recognition.close()
    assert [one async for one in recognition.hypotheses()] == []


async def spoken(engine: TextToSpeech, text: str) -> list[Speech]:
    """Collect the pieces of one synthesis."""
    return [piece async for piece in engine.synthesize(text)]


async def check_words(engine: TextToSpeech, text: str) -> bytes:
    """Check the words of a synthesis against its text and its sound; return the sound."""
    pieces = await spoken(engine, text)
    assert " ".join(word.text for piece in pieces for word in piece.words) == " ".join(text.split())
    for piece in pieces:
        ends = [word.end_sample for word in piece.words]
        assert ends == sorted(ends)
        # A piece may hold no word's end, if its first sound came before it.
        assert all(0 < end <= len(piece.pcm) // 2 for end in ends)
    assert pieces[-1].words
    return b"".join(piece.pcm for piece in pieces)


async def check_cancelled_synthesis(engine: TextToSpeech, long_text: str, short_text: str) -> None:
    """Check that a cancelled synthesis stops and that the next request is served."""
    begun = asyncio.Event()

    async def speak() -> None:
        begun.set()
        await spoken(engine, long_text)
        raise AssertionError("the synthesis ended before it was cancelled")

    async with asyncio.TaskGroup() as tasks:
        speaking = tasks.create_task(speak())
        await begun.wait()
        await asyncio.sleep(0)
        speaking.cancel()
    assert speaking.cancelled()
    assert (await spoken(engine, short_text))[0].pcm
