"""What the callers of a benchmark say: whole calls as sound, each sentence at a known place.

Read sentences come from a voice (``emulators.caller_voice``), with the end of every word.
Human ones come from recordings beside the project, where they are present; of their words
only the end of the last is known, the others are spread over the sound by their letters.
"""

import csv
import wave
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.delayed_services import TimedWord
from benchmarks.load_services import RATE_HZ, line_noise
from emulators.caller_voice import caller_voice
from media.frames import frame_samples, samples_in
from media.level import first_audible_sample
from media.voice_end import voice_end

RECORDINGS = Path(__file__).parents[2] / "shared/audio/speech"
"""Beside the project, not in it: absent in most places, and then left out."""
_LONGEST_RECORDING_MS = 12_000
_SEVERAL_SPEAKERS = frozenset({"azure/katiesteve_mono.wav"})

LEAD_IN_MS = 3_000
"""Silence at first: the assistant greets."""
GAP_MS = 6_000
"""Silence after each sentence: the answer comes and ends."""

SENTENCES = (
    "Hello, I would like to report a car accident.",
    "My name is Robert Miller.",
    "It happened yesterday evening, around seven o'clock.",
    "I was driving home from work when another car hit me.",
    "No.",
    "The street was wet and it was already dark.",
    "My phone number is four two five, five five five, zero one nine nine.",
    "Yes, that is right.",
    "There is a dent in the left door, and the mirror is broken.",
    "The other driver gave me her name, but not her insurance.",
    "You can reach me at robert dot miller at example dot com.",
    "I think it was on Main Street, near the old bridge.",
    "Nobody was hurt.",
    "How long will it take until somebody looks at the car?",
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that a caller says."""

    source: str
    """``read`` or ``human``."""
    name: str
    pcm: bytes
    words: tuple[TimedWord, ...]
    """Counted from the start of ``pcm``."""


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """Where a sentence lies in a call, in samples of the caller's audio."""

    source: str
    name: str
    first_sample: int
    """The first audible one."""
    last_sample: int
    """One past the last voiced one, as ``media.voice_end`` finds it in the clean recording."""


@dataclass(frozen=True, slots=True)
class CallerTrack:
    """The caller's side of one call, from its first frame to its last."""

    pcm: bytes
    turns: tuple[SpokenTurn, ...]
    words: tuple[TimedWord, ...]


def spread_words(text: str, first_sample: int, last_sample: int) -> tuple[TimedWord, ...]:
    """Guess where each word lies: time in proportion to letters; the last ends at ``last_sample``."""
    words = text.split()
    letters = np.cumsum([0, *(len(word) for word in words)])
    borders = first_sample + np.round(letters / max(1, letters[-1]) * (last_sample - first_sample)).astype(int)
    return tuple(TimedWord(word, int(a), int(b)) for word, (a, b) in zip(words, pairwise(borders), strict=True))


async def read_sentences(texts: Sequence[str] = SENTENCES) -> AsyncIterator[Sentence]:
    """Sentences in the callers' voice: the same samples each time.

    Raises:
        pipeline.errors.SynthesisError: The voice failed.
    """
    voice = caller_voice()
    try:
        for number, text in enumerate(texts, 1):
            pcm, words = b"", []
            async for speech in voice.synthesize(text):
                start = len(pcm) // 2
                for word in speech.words:
                    words.append(TimedWord(word.text, start, len(pcm) // 2 + word.end_sample))
                    start = words[-1].end_sample
                pcm += speech.pcm
            yield Sentence("read", f"sentence {number}", pcm, tuple(words))
    finally:
        await voice.close()


def human_sentences(folder: Path = RECORDINGS) -> list[Sentence]:
    """The recordings that are present: one speaker, at most twelve seconds, 16 kHz, with a transcript."""
    transcripts = folder / "transcripts.tsv"
    if not transcripts.exists():
        return []
    found: list[Sentence] = []
    with transcripts.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            pcm = _recording(folder / row["file"])
            if row["file"] in _SEVERAL_SPEAKERS or not pcm or len(pcm) > samples_in(_LONGEST_RECORDING_MS, RATE_HZ) * 2:
                continue
            first, last = first_audible_sample(pcm), voice_end(pcm, RATE_HZ)
            if first is not None and last is not None:
                found.append(Sentence("human", row["file"], pcm, spread_words(row["text"], first, last)))
    return found


def _recording(path: Path) -> bytes:
    try:
        with wave.open(str(path)) as file:
            if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE_HZ, 1, 2):
                return b""
            return bytes(file.readframes(file.getnframes()))
    except OSError:
        return b""


def track_of(sentences: Sequence[Sentence], *, lead_in_ms: int = LEAD_IN_MS, gap_ms: int = GAP_MS) -> CallerTrack:
    """One call in which these are said, over the noise of a quiet line."""
    sound: list[bytes] = [bytes(samples_in(lead_in_ms, RATE_HZ) * 2)]
    position = samples_in(lead_in_ms, RATE_HZ)
    turns: list[SpokenTurn] = []
    words: list[TimedWord] = []
    for sentence in sentences:
        first, last = first_audible_sample(sentence.pcm), voice_end(sentence.pcm, RATE_HZ)
        if first is None or last is None:
            raise ValueError(f"{sentence.name} cannot be heard")
        turns.append(SpokenTurn(sentence.source, sentence.name, position + first, position + last))
        words += [
            TimedWord(word.text, position + word.start_sample, position + min(word.end_sample, last))
            for word in sentence.words
        ]
        sound += [sentence.pcm, bytes(samples_in(gap_ms, RATE_HZ) * 2)]
        position += len(sentence.pcm) // 2 + samples_in(gap_ms, RATE_HZ)
    sound.append(bytes(-position % frame_samples(RATE_HZ) * 2))
    return CallerTrack(_over_noise(b"".join(sound)), tuple(turns), tuple(words))


def _over_noise(pcm: bytes) -> bytes:
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.int32)
    second = np.frombuffer(line_noise(1_000), dtype="<i2").astype(np.int32)
    return np.clip(samples + np.resize(second, len(samples)), -32768, 32767).astype("<i2").tobytes()
