import numpy as np
import pytest

from providers.moonshine_model import SAMPLE_RATE_HZ, Decoding, MoonshineModel, Vocabulary, is_near_silent, looping_from
from tests.pipeline.contract_speech import word_error_rate
from tests.support.recordings import recording

SENTENCES = {
    "speechbrain/spk1_snt1.wav": "the child almost hurt the small dog",
    "speechbrain/spk1_snt5.wav": "sunday is the best part of the week",
    "speechbrain/spk2_snt5.wav": "jump the fence and hurry up the bank",
    "librivox/sense_and_sensibility_01_austen_64kb-0930.wav": "he might even have been made amiable himself",
    "azure/whatstheweatherlike.wav": "what's the weather like",
}


@pytest.fixture(scope="module")
def model() -> MoonshineModel:
    return MoonshineModel()


def samples_of(pcm: bytes) -> "np.typing.NDArray[np.float32]":
    return np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)


def test_vocabulary_reads_long_entries_and_hides_marks() -> None:
    """Entries of 128 bytes and more have two length bytes; control and time marks give no text."""
    entries = [b"<unk>", b"<s>", b"</s>", "\u2581hello".encode(), b"<<ST_7>>", b"x" * 300]
    lengths = [bytes([len(entry)]) if len(entry) < 128 else bytes([0xAC, 2]) for entry in entries]
    vocabulary = Vocabulary(b"".join(a + b for a, b in zip(lengths, entries, strict=True)))
    assert len(vocabulary) == 6
    assert vocabulary.text([0, 1, 3, 4, 5, 2]) == "hello" + "x" * 300


@pytest.mark.parametrize("data", [b"\x05abc", b"\x80"])
def test_vocabulary_that_is_cut_is_refused(data: bytes) -> None:
    """A file that ends inside an entry is not a vocabulary."""
    with pytest.raises(ValueError, match="ends inside"):
        Vocabulary(data)


def test_bytes_make_characters_only_when_whole() -> None:
    """Byte tokens join to a character; a half one vanishes."""
    entries = [b"<unk>", b"<s>", b"</s>", b"\xc3", b"\xa9"]
    vocabulary = Vocabulary(b"".join(bytes([len(entry)]) + entry for entry in entries))
    assert vocabulary.text([3, 4]) == "é"
    assert vocabulary.text([3]) == ""


@pytest.mark.parametrize(
    ("tokens", "kept"),
    [
        ([], None),
        ([5] * 7, None),
        ([9] + [5] * 8, 2),
        ([9] + [1, 2, 3, 4, 5] * 3, 6),
        ([1, 2, 3, 4, 5] * 2, None),
        ([1, 2, 3, 4, 5] * 3 + [6], None),
    ],
)
def test_loops_are_found(tokens: list[int], kept: int | None) -> None:
    """Repetition at the end is cut to one round; digits and phrases may come twice."""
    assert looping_from(tokens) == kept


def test_near_silence() -> None:
    """Nothing and faint hiss are near-silent, a short faint voice is not."""
    hiss = np.random.default_rng(1).standard_normal(16_000).astype(np.float32) * np.float32(0.0005)
    voice = hiss.copy()
    voice[8_000:8_640] += np.float32(0.01)
    assert is_near_silent(np.zeros(0, np.float32))
    assert is_near_silent(hiss)
    assert not is_near_silent(voice)


def test_understands_people(model: MoonshineModel) -> None:
    """Recordings of four speakers are understood with few errors."""
    understood = [model.decode(samples_of(recording(name))) for name in SENTENCES]
    assert word_error_rate(list(SENTENCES.values()), [one.text for one in understood if one is not None]) <= 0.1


@pytest.mark.parametrize("level", [0.001, 0.005, 0.03])
@pytest.mark.parametrize("seconds", [0.05, 1, 3])
def test_hiss_says_nothing(model: MoonshineModel, level: float, seconds: float) -> None:
    """White noise gives no text, or at least no long one."""
    hiss = np.random.default_rng(2).standard_normal(int(seconds * SAMPLE_RATE_HZ)).astype(np.float32)
    decoding = model.decode(hiss * np.float32(level))
    assert decoding is not None
    assert len(decoding.text.split()) <= 4


def test_silence_says_nothing(model: MoonshineModel) -> None:
    """Silence and a blip are not even decoded."""
    assert model.decode(np.zeros(32_000, np.float32)) == Decoding("")
    assert model.decode(np.ones(1_000, np.float32)) == Decoding("")


def test_click_says_nothing(model: MoonshineModel) -> None:
    """A click is not taken for a word."""
    click = np.zeros(16_000, np.float32)
    click[3_000:3_040] = 0.5
    decoding = model.decode(click)
    assert decoding is not None
    assert decoding.text == ""


def test_breaks_off_when_abandoned(model: MoonshineModel) -> None:
    """Abandoned before or between tokens, it gives nothing."""
    tone = np.sin(np.arange(16_000, dtype=np.float32) * np.float32(0.1))
    asked = iter([False, False, True])
    assert model.decode(tone, lambda: True) is None
    assert model.decode(tone, lambda: next(asked)) is None
    assert next(asked, None) is None
