"""How often a sentence ends after such words: a table of 131,072 weights. Sans-IO; some 40 µs.

A logistic regression over the last words, their endings, the first words and the length,
and over the skeleton of the sentence: its function words, with a mark for every other word.
Each of these is hashed to a place in the table. Trained by ``benchmarks.word_table_training``
on utterances of customers against the same utterances cut at random words. It sees what
rules do not list ("can you help me find some"); of what a number or a filler means it
knows little: ``vad.sentence_end`` asks the rules first.

Measured on 4,000 whole and as many cut user turns of other dialogues (Schema-Guided
Dialogue): ROC-AUC 0.87; on prompts of telephone exchanges 0.88.
"""

import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from vad.sentence_words import ENGLISH

PLACES = 1 << 17
STEP = 1 / 24
"""A weight is a signed byte of this many natural log-odds."""

_LONGEST = 12
_START = "<s>"
_SKELETON_WORDS = 6
_MARKED_ENDINGS = ("ly", "ing", "ed", "s")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_KEPT = (
    ENGLISH.openers
    | ENGLISH.prepositions
    | ENGLISH.particles
    | ENGLISH.auxiliaries
    | ENGLISH.subjects
    | ENGLISH.interrogatives
    | ENGLISH.determiners
    | ENGLISH.questions
    | ENGLISH.subordinators
    | ENGLISH.yes_no
    | _words("me you it him us them there here no not too so also just only now then all both more less most")
)
"""What a skeleton keeps. Another set wants another table."""


def skeleton(words: Sequence[str]) -> list[str]:
    """The same sentence without its meaning: of each word that is no function word, how it ends."""
    return [word if word in _KEPT else _mark(word) for word in words]


def _mark(word: str) -> str:
    if word[0].isdigit():
        return "#"
    return "*" + next((ending for ending in _MARKED_ENDINGS if word.endswith(ending)), "")


def places(words: Sequence[str]) -> Iterator[int]:
    """Where the weights of a beginning of a sentence lie in the table.

    Args:
        words: At least one, lower case; numbers count alike.
    """
    for feature in _features(words):
        yield zlib.crc32(feature.encode()) % PLACES


def _features(words: Sequence[str]) -> Iterator[str]:
    padded = [_START, _START, *("#" if word[0].isdigit() else word for word in words)]
    second, last = padded[-2:]
    count = len(words)
    yield f"1 {last}"
    yield f"2 {second} {last}"
    yield f"first {padded[2]} {last}"
    yield f"count {min(count, _LONGEST)}"
    yield f"ending {last[-3:]}"
    yield f"word-ending {second} {last[-3:]}"
    yield f"endings {second[-2:]} {last[-3:]}"
    yield f"before {second}"
    yield f"opening {' '.join(padded[2:4])} {min(count, _LONGEST // 2)}"
    yield f"long ending {last[-4:]}"
    bones = [_START] * (_SKELETON_WORDS - 1) + skeleton(words)
    first = bones[_SKELETON_WORDS - 1 :][:3]
    for length in range(3, _SKELETON_WORDS + 1):
        yield f"skeleton {' '.join(bones[-length:])}"
    yield f"skeleton-word {' '.join(bones[-4:-1])} {last}"
    yield f"opened {' '.join(first)} {' '.join(bones[-2:])} {min(count, 8)}"
    yield f"framed {' '.join(first[:2])} {' '.join(bones[-3:])}"
    yield f"after {bones[-2]} {last[-2:]}"
    verbs = min(2, sum(word in ENGLISH.verbs for word in words))
    yield f"verbs {verbs} {min(count, 10)} {bones[-1]}"
    yield f"verbs {verbs} {first[0]} {bones[-2]} {bones[-1]}"


class WordTable:
    """The weights, read-only and shared by all calls."""

    def __init__(self, weights: bytes) -> None:
        """Take the table.

        Args:
            weights: One signed byte for each place.

        Raises:
            ValueError: It has another size.
        """
        if len(weights) != PLACES:
            raise ValueError(f"a word table has {PLACES} bytes, not {len(weights)}")
        self._weights: list[int] = np.frombuffer(weights, dtype=np.int8).tolist()

    def logit(self, words: Sequence[str]) -> float:
        """Natural log-odds that a sentence which begins with these words ends here."""
        return STEP * sum(self._weights[place] for place in places(words))


def english_word_table() -> WordTable:
    """Read the table that lies beside this module."""
    return WordTable(Path(__file__).with_name("word_table_en.bin").read_bytes())
