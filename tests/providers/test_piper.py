import numpy as np
import pytest

from pipeline.errors import SynthesisError
from pipeline.ports import Delivery, Speech, SpokenWord
from providers.moonshine_model import MoonshineModel
from providers.piper import PiperTextToSpeech, SpeechCache
from providers.piper_model import VoiceSettings
from providers.spoken_text import spoken_forms
from tests.pipeline.contract_speech import check_cancelled_synthesis, check_words, spoken, word_error_rate, words_of

LONG_TEXT = (
    "Thank you for calling. I will now note the details of your claim, and then somebody will call you back "
    "within two working days. Is there anything else that I can do for you today?"
)


@pytest.fixture(scope="module")
def model() -> MoonshineModel:
    return MoonshineModel()


def understood(model: MoonshineModel, pcm: bytes) -> str:
    decoding = model.decode(np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768))
    return "" if decoding is None else decoding.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("My name is Robert Miller.", "my name is robert miller"),
        (LONG_TEXT, LONG_TEXT),
        ("It was on 2026-11-20.", "it was on november 20 2026|it was on november twentieth twenty twenty six"),
        ("It costs $1,250.50 & 7% tax.", "it costs $1,250.50 and 7% tax"),
        ("Nobody was hurt, 日本語 I think — 😀 ok?", "nobody was hurt I think okay"),
    ],
)
async def test_speaks_so_that_it_is_understood(
    piper: PiperTextToSpeech, model: MoonshineModel, text: str, said: str
) -> None:
    """A recogniser understands each text, and its words are those of the text."""
    pcm = await check_words(piper, text)
    heard = understood(model, pcm)
    assert min(word_error_rate([reading], [heard]) for reading in said.split("|")) <= 0.2


async def test_phone_number_is_said_digit_by_digit(piper: PiperTextToSpeech, model: MoonshineModel) -> None:
    """The digits of a number arrive as they were, in one word of the text."""
    pcm = await check_words(piper, "+12025550143")
    heard = words_of(understood(model, pcm)).replace("one", "1").replace(" ", "")
    assert "2025550143" in heard


async def test_cut_at_a_word_gives_the_words_before(piper: PiperTextToSpeech, model: MoonshineModel) -> None:
    """Sound that is cut at the end of a word holds the words up to it, give or take one."""
    (speech,) = await spoken(piper, "No, it was on Monday at nine in the morning.")
    for count in range(3, len(speech.words) + 1):
        cut = understood(model, speech.pcm[: speech.words[count - 1].end_sample * 2])
        assert abs(len(cut.split()) - count) <= 1


async def test_first_piece_comes_early(piper: PiperTextToSpeech) -> None:
    """A long text comes in several pieces, a short one first; all but the last end with a rest."""
    pieces = await spoken(piper, LONG_TEXT)
    assert len(pieces) >= 3
    assert len(" ".join(word.text for word in pieces[0].words)) <= 60
    for piece in pieces[:-1]:
        assert not any(piece.pcm[-3_000:])
        assert piece.words[-1].end_sample <= len(piece.pcm) // 2 - 1_500
    assert any(pieces[-1].pcm[-3_000:])


@pytest.mark.parametrize("text", ["", "  \n ", "...", "—", "😀 日本語"])
async def test_nothing_to_say(piper: PiperTextToSpeech, text: str) -> None:
    """Without words there is no speech."""
    assert await spoken(piper, text) == []


async def test_cancelled_synthesis_leaves_it_ready(piper: PiperTextToSpeech) -> None:
    """A barge-in stops the synthesis; the next request is served."""
    await piper.warm_up()
    await check_cancelled_synthesis(piper, f"{LONG_TEXT} And goodbye.", "Yes, please.")


async def test_same_text_same_sound() -> None:
    """Two engines without variation give the same samples; rate and pitch change the length."""
    still = VoiceSettings(noise_scale=0, noise_w=0)
    engines = [
        PiperTextToSpeech(voice=still, threads=1),
        PiperTextToSpeech(voice=still, threads=1, sample_rate_hz=24_000, pitch=1.2),
        PiperTextToSpeech(voice=still, threads=1, cache_bytes=0),
    ]
    first, other, uncached = [(await spoken(engine, "Hello there."))[0] for engine in engines]
    (again,) = await spoken(engines[2], "Hello there.")
    assert first == uncached == again
    assert [engine.sample_rate_hz for engine in engines] == [16_000, 24_000, 16_000]
    assert len(other.pcm) == pytest.approx(len(first.pcm) * 1.5 / 1.2, rel=0.08)
    for engine in engines:
        await engine.close()


async def test_speed_and_language() -> None:
    """Twice as fast takes half the sound, and is no other speech's; what is not English is refused truthfully."""
    engine = PiperTextToSpeech(voice=VoiceSettings(noise_scale=0, noise_w=0), threads=1)
    own, fast, again = [
        len(b"".join([piece.pcm async for piece in engine.synthesize("Hello there.", Delivery("en-GB", speed))]))
        for speed in (1.0, 2.0, 1.0)
    ]
    assert own == again
    assert fast < own * 0.75
    assert engine.languages == ("en-US",)
    with pytest.raises(SynthesisError, match="English, not fr-FR"):
        [piece async for piece in engine.synthesize("Bonjour.", Delivery("fr-FR"))]
    await engine.close()


async def test_phrases_are_there_after_warm_up() -> None:
    """A phrase that was named is not synthesised again: it even outlives the threads."""
    slowly = Delivery(speed=0.8)
    engine = PiperTextToSpeech(threads=1, phrases=("Good morning.",), phrases_delivery=slowly)
    await engine.warm_up()
    await engine.close()
    (ready,) = [piece async for piece in engine.synthesize("Good morning.", slowly)]
    assert ready.pcm
    with pytest.raises(SynthesisError):
        await spoken(engine, "Good evening.")


def test_cache_is_bounded_by_bytes() -> None:
    """The longest unused speech goes first, and one that is too large is not kept."""
    cache = SpeechCache(10)
    one, two, three = (spoken_forms(text) for text in ("one", "two", "three"))
    speech = Speech(bytes(4), (SpokenWord("one", 2),))
    cache.put(one, speech)
    cache.put(two, speech)
    assert cache.get(one) is speech
    cache.put(three, speech)
    assert cache.get(two) is None
    assert cache.get(one) is speech
    cache.put(two, Speech(bytes(11), ()))
    assert cache.get(two) is None
