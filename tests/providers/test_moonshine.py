import asyncio
from threading import Event

import numpy as np
import pytest

from pipeline.errors import RecognitionError
from providers.moonshine import MoonshineSpeechToText
from providers.piper import PiperTextToSpeech
from tests.pipeline.contract_speech import (
    check_silence_ends,
    check_stretches,
    frames_of,
    heard_in,
    heard_stretches,
    spoken,
    word_error_rate,
)
from tests.support.recordings import recording

SENTENCES = [
    "My name is Robert Miller.",
    "A pipe burst in my kitchen and the floor is under water.",
    "It happened yesterday at nine in the morning.",
    "No, it was on Monday at nine in the morning.",
    "Yes, that is right.",
    "Nobody was hurt.",
    "I need to report an accident with my car.",
    "The other driver did not stop at the red light.",
]


async def pcm_of(piper: PiperTextToSpeech, text: str) -> bytes:
    return b"".join([piece.pcm for piece in await spoken(piper, text)])


async def test_understands_the_voice(moonshine: MoonshineSpeechToText, piper: PiperTextToSpeech) -> None:
    """What our own voice says is understood, one final for each of eight stretches."""
    await moonshine.warm_up()
    texts = await check_stretches(moonshine, [await pcm_of(piper, text) for text in SENTENCES])
    assert word_error_rate(SENTENCES, texts) <= 0.15


async def test_understands_people(moonshine: MoonshineSpeechToText) -> None:
    """Recordings of people are understood, one after the other in one call."""
    said = {
        "speechbrain/spk1_snt2.wav": "drop the two when you add the figures",
        "speechbrain/spk2_snt1.wav": "we are sure that one war is enough",
        "jfk/jfk.wav": "and so my fellow americans ask not what your country can do for you"
        " ask what you can do for your country",
    }
    texts = await check_stretches(moonshine, [recording(name) for name in said])
    assert word_error_rate(list(said.values()), texts) <= 0.1


async def test_silence_has_an_empty_final(moonshine: MoonshineSpeechToText) -> None:
    """Silence that was taken for speech is answered too."""
    await check_silence_ends(moonshine)


async def test_partials_grow(moonshine: MoonshineSpeechToText, piper: PiperTextToSpeech) -> None:
    """While the caller speaks the text grows; it ends with one final of the whole sentence."""
    text = "A pipe burst in my kitchen and the floor is under water."
    pcm = await pcm_of(piper, text)
    recognition = await moonshine.open("call")
    hypotheses = aiter(recognition.hypotheses())
    recognition.speech_started(0)
    partials = []
    for at in range(0, len(pcm), 24_000):
        recognition.push(pcm[at : at + 24_000])
        if at + 24_000 <= len(pcm):
            partials.append(await anext(hypotheses))
    recognition.speech_stopped(len(pcm) // 2)
    final = await anext(hypotheses)
    assert not any(partial.is_final for partial in partials)
    assert [partial.end_sample for partial in partials] == [12_000 * count for count in range(1, len(partials) + 1)]
    counts = [len(partial.text.split()) for partial in partials]
    assert len(partials) >= 3
    assert counts[0] < counts[-1]
    assert final.is_final
    assert final.end_sample == len(pcm) // 2
    assert word_error_rate([text], [final.text]) <= 0.15
    await recognition.close()
    assert [one async for one in hypotheses] == []


async def test_final_comes_at_once_when_a_partial_has_reached_the_end(piper: PiperTextToSpeech) -> None:
    """The end of speech is told after a pause that a partial has covered: nothing is decoded any more."""
    engine = MoonshineSpeechToText(threads=1)
    recognition = await engine.open("call")
    hypotheses = aiter(recognition.hypotheses())
    pcm = await pcm_of(piper, "Yes, that is right.")
    recognition.push(pcm + bytes(16_000))
    recognition.speech_started(0)
    partial = await anext(hypotheses)
    await engine.close()
    recognition.speech_stopped(len(pcm) // 2)
    final = await anext(hypotheses)
    assert (final.text, final.is_final, final.end_sample) == (partial.text, True, len(pcm) // 2)
    assert final.text == "Yes, that is right."


async def test_long_stretch_has_one_final(moonshine: MoonshineSpeechToText, piper: PiperTextToSpeech) -> None:
    """Someone who talks for more than twenty seconds is understood whole, in one final."""
    pause = bytes(2 * 16_000 // 3)
    sentences = [
        *SENTENCES,
        "Please call me back in the afternoon, because I am at work before that.",
        "Thank you for your help, and goodbye.",
    ]
    text = " ".join(sentences)
    pcm = pause.join([await pcm_of(piper, sentence) for sentence in sentences])
    assert len(pcm) > 20 * 32_000
    texts = await check_stretches(moonshine, [pcm])
    assert word_error_rate([text], texts) <= 0.15


async def test_stretch_older_than_the_history(moonshine: MoonshineSpeechToText, piper: PiperTextToSpeech) -> None:
    """Of a stretch whose beginning is gone, the end is still understood."""
    engine = MoonshineSpeechToText(threads=1, history_ms=4_000, longest_decode_ms=3_000)
    recognition = await engine.open("call")
    recognition.push(bytes(32_000 * 5))
    pcm = await pcm_of(piper, "Nobody was hurt.")
    recognition.push(pcm)
    recognition.speech_started(0)
    recognition.speech_stopped(10**9)
    heard = await heard_in(recognition, 1)
    assert heard[-1].end_sample == 16_000 * 5 + len(pcm) // 2
    assert word_error_rate(["Nobody was hurt."], [heard[-1].text]) <= 0.4
    await engine.close()


async def test_another_language_is_refused() -> None:
    """It would write down English words that nobody has said."""
    engine = MoonshineSpeechToText(threads=1)
    await (await engine.open("call", ("en-GB",))).close()
    for languages in (("fr-FR",), ("en-US", "de-DE")):
        with pytest.raises(RecognitionError, match=f"English, not {languages[-1]}"):
            await engine.open("call", languages)
    assert engine.languages == ("en-US",)
    await engine.close()


async def test_strange_hints_are_survived(moonshine: MoonshineSpeechToText, piper: PiperTextToSpeech) -> None:
    """A stop without a start and a second start change nothing: one final of the first stretch."""
    recognition = await moonshine.open("call")
    recognition.speech_stopped(0)
    recognition.speech_started(0)
    pcm = await pcm_of(piper, "Yes, that is right.")
    for frame in frames_of(pcm, 16_000):
        recognition.push(frame)
    recognition.speech_started(8_000)
    recognition.speech_stopped(len(pcm) // 2)
    recognition.speech_stopped(len(pcm) // 2)
    heard = await heard_in(recognition, 1)
    assert [(one.start_sample, one.text) for one in heard if one.is_final] == [(0, "Yes, that is right.")]


async def test_calls_do_not_mix(moonshine: MoonshineSpeechToText, piper: PiperTextToSpeech) -> None:
    """Callers who speak at the same time are each understood with their own words."""
    spoken_by = [[await pcm_of(piper, text)] for text in SENTENCES]
    async with asyncio.TaskGroup() as tasks:
        calls = [tasks.create_task(check_stretches(moonshine, stretches)) for stretches in spoken_by]
    for text, call in zip(SENTENCES, calls, strict=True):
        assert word_error_rate([text], call.result()) <= 0.25


async def test_whole_stretch_goes_before_partial(piper: PiperTextToSpeech) -> None:
    """With one thread, a partial decode is broken off when a final text is asked for."""
    engine = MoonshineSpeechToText(threads=1)
    await engine.warm_up()
    audio = np.frombuffer(await pcm_of(piper, SENTENCES[1]), np.int16)
    async with asyncio.TaskGroup() as tasks:
        partial = tasks.create_task(engine.decode_partial(audio, Event()))
        await asyncio.sleep(0)
        assert not engine.is_free_for_partial
        whole = tasks.create_task(engine.decode_whole(audio))
    assert partial.result() is None
    assert word_error_rate([SENTENCES[1]], [whole.result().text]) <= 0.15
    assert engine.is_free_for_partial
    await engine.close()


async def test_cancelled_recognition_leaves_the_engine_working(
    moonshine: MoonshineSpeechToText, piper: PiperTextToSpeech
) -> None:
    """A call that ends in the middle of a decode does not disturb the next."""
    recognition = await moonshine.open("call")
    pcm = await pcm_of(piper, SENTENCES[1])
    recognition.push(pcm)
    recognition.speech_started(0)
    recognition.speech_stopped(len(pcm) // 2)
    async with asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(heard_in(recognition, 1))
        await asyncio.sleep(0)
        listening.cancel()
    assert listening.cancelled()
    heard = await heard_stretches(moonshine, [pcm])
    assert word_error_rate([SENTENCES[1]], [heard[-1].text]) <= 0.15


async def test_closed_engine_fails_the_call() -> None:
    """A recognition whose engine is gone says so in the words of the port."""
    engine = MoonshineSpeechToText(threads=1)
    recognition = await engine.open("call")
    await engine.close()
    recognition.push(bytes(32_000))
    recognition.speech_started(0)
    recognition.speech_stopped(16_000)
    with pytest.raises(RecognitionError):
        await heard_in(recognition, 1)
