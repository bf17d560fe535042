"""What kind of utterance it is: an answer, yes, no, a correction, a goodbye.

Only markers that stand at its beginning are read, and cut off: what is left is
the value that was said with them ("No, wait, it was the bathroom").
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from agent.grammar.grammar import Markers
from agent.grammar.known import grammar_for


class Intent(StrEnum):
    """What the caller wants with an utterance."""

    ANSWER = "answer"
    YES = "yes"
    NO = "no"
    CORRECTION = "correction"
    """Takes back something said before, without saying no: "actually", "wait", "I meant"."""
    REPEAT = "repeat"
    """Has not understood us."""
    PAUSE = "pause"
    """Asks us to wait."""
    UNKNOWN = "unknown"
    """Does not know, or does not want to say."""
    GOODBYE = "goodbye"
    NOISE = "noise"
    """Nothing, a hesitation, a greeting."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An utterance, understood as far as its first words go."""

    intent: Intent
    rest: str = ""
    """What follows the markers, in the caller's words."""
    is_correction: bool = False
    """A word of correction was said: "no, wait", "that's wrong", not only "no"."""


_GAP: Final = " \t\n\u00a0\u202f\u3000,.;:!?…—-，。！？、；：¿¡"
_MOST_WORDS_OF_A_WISH: Final = 12
_MOST_WORDS_OF_A_GOODBYE: Final = 6
_MOST_HAN_OF_A_WISH: Final = 20
_MOST_HAN_OF_A_GOODBYE: Final = 12
_QUOTES: Final = " \t\n\u00a0\u202f\"'`“”‘’«»「」『』-–—¿¡"


def interpret(utterance: str, language: str = "en") -> Heard:
    """Tell what kind of utterance this is.

    Args:
        utterance: As a recogniser writes it.
        language: BCP 47.
    """
    markers = grammar_for(language).markers
    words = _words(utterance, markers)
    whole = _whole(words, markers)
    if whole is not None:
        return Heard(whole)
    # Recognisers put quotation marks around what sounds like direct speech.
    rest = _without(utterance.strip(_QUOTES), markers.connection)
    said_yes = said_no = is_correction = False
    while rest:
        if match := markers.yes.match(rest):
            said_yes = True
        elif match := markers.wrong.match(rest):
            said_no = is_correction = True
        elif match := markers.no.match(rest):
            said_no = True
        elif match := markers.correction.match(rest):
            is_correction = True
        else:
            break
        rest = _without(rest[match.end() :].lstrip(_GAP), markers.connection)
    if (said_no or is_correction) and _whole(_words(rest, markers), markers) is Intent.REPEAT:
        return Heard(Intent.REPEAT)  # "Sorry, can you repeat that?" takes nothing back
    if said_no:
        return Heard(Intent.NO, rest, is_correction)
    if is_correction:
        return Heard(Intent.CORRECTION, rest, is_correction=True) if rest else Heard(Intent.NOISE)
    if said_yes:
        return Heard(Intent.YES, rest)
    return Heard(Intent.ANSWER, utterance.strip())


def wants_human(utterance: str, language: str = "en") -> bool:
    """Whether the caller asks for a human, and for nothing else."""
    markers = grammar_for(language).markers
    words = _words(utterance, markers)
    is_short = _is_short(words, _MOST_WORDS_OF_A_WISH, _MOST_HAN_OF_A_WISH)
    return is_short and markers.wants_human.search(words) is not None


def _whole(words: str, markers: Markers) -> Intent | None:
    """Recognise utterances that mean one thing as a whole."""
    if all(markers.noise.fullmatch(word) for word in words.split()):
        return Intent.NOISE
    if markers.repeat.fullmatch(" ".join(word for word in words.split() if word not in markers.hesitations)):
        return Intent.REPEAT
    if markers.pause.fullmatch(" ".join(words.split())):
        return Intent.PAUSE
    gap = "" if markers.is_unspaced else " "
    bare = gap.join(markers.politeness.sub(" ", words).split())
    if bare and markers.goodbye.fullmatch(bare):
        return Intent.GOODBYE
    is_short = _is_short(words, _MOST_WORDS_OF_A_GOODBYE, _MOST_HAN_OF_A_GOODBYE)
    if is_short and markers.last_words.search(words):
        return Intent.GOODBYE
    bare = gap.join(markers.excuses.sub(" ", words).split())
    if markers.unknown.fullmatch(words) or markers.unknown.fullmatch(bare):
        return Intent.UNKNOWN
    return None


def _is_short(words: str, most_words: int, most_han: int) -> bool:
    """Whether so little is said that it cannot hold a value too."""
    return len(words.split()) <= most_words and sum(each > "\u2e80" for each in words) <= most_han


def _words(utterance: str, markers: Markers) -> str:
    """Lower case, without punctuation, and without blanks where they mean nothing."""
    gap = "" if markers.is_unspaced else " "
    return gap.join(re.sub(r"[^\w']+", " ", utterance.casefold().replace("’", "'")).split())


def _without(text: str, opening: re.Pattern[str]) -> str:
    """Cut openings off the beginning, with the gaps behind them, unless nothing else is left."""
    while match := opening.match(text):
        rest = text[match.end() :].lstrip(_GAP)
        if not rest:
            break
        text = rest
    return text
