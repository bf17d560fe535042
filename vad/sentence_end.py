"""Has the caller finished, by the words alone? Sans-IO; some 30 µs.

Rules in the order of ``_RULES``, the first that applies judges: what is surely open (a
filler, an article, half a number), what is surely closed ("yes", "thank you"), and what a
clause looks like. Where they are not sure, a table of how sentences end is weighed in. A
recogniser's punctuation shifts the result a little: most write a full stop after anything.
"""

import math
import re
from collections.abc import Callable

from vad.sentence import Sentence, read_sentence
from vad.sentence_words import LANGUAGES, Language
from vad.word_table import WordTable

NEUTRAL = 0.5
"""Nothing is known: an unknown language, or no text yet."""

DECIDED_BELOW = 0.03
DECIDED_ABOVE = 0.94
"""Words beyond these leave nothing to be heard: half a number, a trailing "and"; "yes", "thank you"."""

_SURELY_OPEN = 0.02
_OPEN = 0.06
_PERHAPS_OPEN = 0.2
_PERHAPS_CLOSED = 0.6
_CLOSED = 0.8
_SURELY_CLOSED = 0.95

_DICTATED = 0.01
"""Whoever dictates pauses between groups for as long as others do between sentences."""
_WHOLE_NUMBER = 0.2
"""…also where the digits so far could be a whole telephone or card number."""
_WHOLE_NUMBER_DIGITS = frozenset({10, 11, 16})

# Fitted on the first half of the texts of benchmarks.end_of_turn, and of 1,424 whole and cut user turns.
_BIAS = -0.3
_TABLE_WEIGHT = 0.3
_FURTHEST_LOGIT = 4.0

_PUNCTUATION_LOGIT = {"?": 0.7, "!": 0.2, ".": 0.1, ",": -0.7, ":": -0.7, ";": -0.7, "-": -1.5, "…": -1.5}

_MIXED = re.compile(r"(?=[a-z\-]*\d)(?=[\d\-]*[a-z])[a-z\d\-]+")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|am|pm|s|k|%)")
_DIGITS = re.compile(r"\d+(?:-\d+)*")
_TOP_DOMAIN = re.compile(r"com|org|net|edu|gov|info|io|co|uk|us|eu|de|fr|es|it|nl|ch|at|be|ca|au")
_NUMBER_CONTEXT_WORDS = 6


class SentenceEnd:
    """The rules for one language; holds no state."""

    def __init__(self, language: str = "en", table: WordTable | None = None) -> None:
        """Choose the words.

        Args:
            language: A tag such as ``en`` or ``en-US``; for one that is not known, every text is neutral.
            table: How sentences of that language end; without it the rules judge alone.
        """
        self._language = LANGUAGES.get(language.replace("_", "-").partition("-")[0].lower())
        self._table = table

    def finished(self, text: str) -> float:
        """How likely it is that who said this has finished, 0 to 1; 0.5 for nobody knows.

        Args:
            text: What is understood of the turn so far, with or without punctuation.
        """
        if self._language is None:
            return NEUTRAL
        sentence = read_sentence(text, self._language)
        if sentence is None:
            return NEUTRAL
        for rule in _RULES:
            judged = rule(sentence)
            if judged is not None:
                return self._weighed(_shifted(judged, sentence.mark), sentence.words)
        return NEUTRAL

    def _weighed(self, judged: float, words: tuple[str, ...]) -> float:
        """The judgement of the rules, and that of the table where the rules are not sure."""
        is_number = self._language is not None and _digits_of(words[-1], self._language) > 0
        if self._table is None or is_number or not DECIDED_BELOW < judged < DECIDED_ABOVE:
            return judged
        table = min(max(self._table.logit(words), -_FURTHEST_LOGIT), _FURTHEST_LOGIT)
        return _probability(_BIAS + _logit(judged) + _TABLE_WEIGHT * table)


def _shifted(probability: float, mark: str) -> float:
    shift = _PUNCTUATION_LOGIT.get(mark, 0.0)
    if not shift or probability <= DECIDED_BELOW:
        return probability
    return _probability(_logit(probability) + shift)


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def _probability(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


# --- what is surely open -------------------------------------------------------------


def _filler(sentence: Sentence) -> float | None:
    return _SURELY_OPEN if sentence.endings & sentence.language.fillers else None


def _digits_of(word: str, language: Language) -> int:
    """How many digits a word stands for; 0 for another word."""
    if _DIGITS.fullmatch(word):
        return len(word.replace("-", ""))
    parts = [language.digits.get(part, 0) for part in word.split("-")]
    return sum(parts) if all(parts) else 0


def _number(sentence: Sentence) -> float | None:
    """Digits at the end: a number that is being dictated, or just a number."""
    language, turn = sentence.language, sentence.turn
    start, digits, groups = len(turn), 0, 0
    for at in range(len(turn) - 1, -1, -1):
        count = _digits_of(turn[at], language)
        if count:
            start, digits, groups = at, digits + count, groups + 1
        elif turn[at] not in language.digit_company:
            break
    if not groups:
        return None
    before = turn[max(0, start - _NUMBER_CONTEXT_WORDS) : start]
    is_announced = any(word in language.number_context for word in before)
    if not _digits_of(turn[-1], language):
        return _DICTATED if groups > 1 or is_announced else None  # "four seven dash"
    if any(word in language.months for word in before[-3:]):
        return _CLOSED  # a date
    if turn[-1] in language.magnitudes:
        return _PERHAPS_CLOSED
    if before and before[-1] in language.measures and not is_announced:
        return _PERHAPS_CLOSED  # "at seven thirty"
    if turn[-1] == "one" and groups == 1 and before and not is_announced:
        return None  # "the red one"
    if not before and groups == 1 and digits <= 2:
        return _PERHAPS_OPEN  # an answer to "how many", or the first digit
    is_spelled = bool(before) and _is_letter(before[-1]) and before[-1] not in language.openers | {"i"}
    if groups > 1 or is_announced or is_spelled or digits > 2:
        return _WHOLE_NUMBER if digits in _WHOLE_NUMBER_DIGITS else _DICTATED
    return _PERHAPS_CLOSED


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isalpha()


def _spelling(sentence: Sentence) -> float | None:
    """Letters at the end: a name, a plate or an address that is being spelled."""
    words = sentence.turn
    if _MIXED.fullmatch(words[-1]) and not _ORDINAL.fullmatch(words[-1]):
        return _DICTATED  # "b4779"
    letters = 0
    while letters < len(words) and _is_letter(words[-1 - letters]):
        letters += 1
    if letters > 1:
        return _DICTATED
    is_word = words[-1] in sentence.language.openers or words[-1] in ("i", "o", "u")
    if letters == 1 and not is_word:
        return _OPEN
    if len(words) >= 3 and words[-2] in ("as", "for", "like") and _is_letter(words[-3]):
        return _OPEN
    if len(words) >= 4 and words[-2] == "in" and words[-3] == "as" and _is_letter(words[-4]):
        return _OPEN
    return None


def _address(sentence: Sentence) -> float | None:
    """An e-mail address in progress, or a whole one."""
    language, words = sentence.language, sentence.turn
    if words[-1] == "@" or words[-1] in language.dots:
        return _SURELY_OPEN
    tail = words[-12:]
    has_dot = any(word in language.dots or word == "." for word in tail)
    at = next((spot for spot in range(len(tail) - 1, -1, -1) if tail[spot] in language.at_signs), None)
    if at is not None and (has_dot or tail[at] == "@"):
        domain = tail[at + 1 :]
        dotted = any(word in language.dots or word == "." for word in domain)
        if domain and dotted and _TOP_DOMAIN.fullmatch(domain[-1]):
            return _CLOSED
        return _OPEN if len(domain) <= 4 else None
    if len(tail) >= 3 and tail[-2] in (".", "dot", "underscore", "punkt", "arobase", "arroba"):
        return _CLOSED if _TOP_DOMAIN.fullmatch(tail[-1]) else _OPEN
    return None


def _answer(sentence: Sentence) -> float | None:
    """Nothing but "yes", "no thank you", "okay": a whole answer."""
    language = sentence.language
    if all(word in language.answers for word in sentence.words):
        if sentence.last in language.subjects or (len(sentence.words) == 1 and sentence.last in language.auxiliaries):
            return None
        if sentence.endings & language.demanding or sentence.last in language.openers:
            return None
        if (
            sentence.last in ("is", "so", "very", "of", "have", "think", "hope", "guess")
            and "so" not in sentence.words[:-1]
        ):
            return None if sentence.last != "so" or len(sentence.words) < 3 else _SURELY_CLOSED
        return _SURELY_CLOSED
    return None


def _closing(sentence: Sentence) -> float | None:
    if sentence.endings & sentence.language.demanding:
        return None
    if not sentence.endings & sentence.language.closings or len(sentence.words) < 2:
        return None
    return _clause(sentence, lift=0.13) if _subordinate(sentence) else 0.92


def _opener(sentence: Sentence) -> float | None:
    """A word last that cannot stand last."""
    language, last = sentence.language, sentence.last
    if last in language.openers:
        return _SURELY_OPEN
    if last in language.prepositions:
        if sentence.has_relative:
            return _PERHAPS_OPEN if last == "to" and not sentence.is_question else 0.65
        return _SURELY_OPEN
    if last in language.interrogatives and last in language.questions and len(sentence.body) > 2:
        return _PERHAPS_OPEN if sentence.words[-2] not in language.interrogatives | language.verbs else NEUTRAL
    if last in language.attributes and len(sentence.words) > 1 and sentence.words[-2] != "each":
        return _OPEN
    if last == "that" and len(sentence.words) > 2 and not _takes_object(sentence.words[-2], language):
        return _OPEN  # "a pipe that"
    if last in language.subjects:
        inverted = len(sentence.words) > 1 and sentence.words[-2] in language.auxiliaries
        return _PERHAPS_CLOSED if inverted else _SURELY_OPEN
    return None


def _takes_object(word: str, language: Language) -> bool:
    return word in language.verbs or word in language.prepositions or word in language.auxiliaries


def _demand(sentence: Sentence) -> float | None:
    """A clause that lacks its object or its number: "I want", "the person at extension"."""
    language = sentence.language
    if sentence.endings & language.demanding:
        if sentence.words[0] in language.yes_no and len(sentence.body) == 2:
            return _PERHAPS_CLOSED  # "yes I have"
        whole = " ".join(sentence.body) in language.demanding
        if not whole and (sentence.has_relative or sentence.is_question):
            return _PERHAPS_CLOSED  # "all I need", "what is it"
        return _OPEN
    if sentence.last in language.transitive:
        return _PERHAPS_CLOSED if sentence.has_relative or len(sentence.words) == 1 else 0.15
    if sentence.last in language.numbered and len(sentence.words) > 2:
        before = sentence.words[-2]
        if before in language.prepositions or not any(word in language.determiners for word in sentence.words[-5:-1]):
            return _OPEN
    if sentence.last in language.hanging_adverbs and len(sentence.words) > 1:
        return _OPEN if sentence.words[-2] in language.auxiliaries else None
    return None


def _particle(sentence: Sentence) -> float | None:
    language = sentence.language
    if sentence.last not in language.particles:
        return None
    if sentence.has_relative or len(sentence.words) == 1:
        return _PERHAPS_CLOSED
    if sentence.words[-2] in language.auxiliaries or sentence.words[-2] in language.determiners:
        return _OPEN
    if sentence.words[-2] in language.verbs:
        return _PERHAPS_CLOSED
    return NEUTRAL if sentence.last in ("up", "off", "out", "down", "back", "away") else _PERHAPS_OPEN


def _auxiliary(sentence: Sentence) -> float | None:
    """Short answers: "yes I do" and "where it is" are whole; "my name is" is not."""
    language, words = sentence.language, sentence.body
    if sentence.last not in language.auxiliaries:
        return None
    after_pronoun = len(words) > 1 and (words[-2] in language.subjects or words[-2] in ("it", "you", "that", "not"))
    if sentence.is_question and sentence.has_relative and sentence.last in ("be", "is", "are", "was", "have", "do"):
        return _PERHAPS_CLOSED if len(words) > 3 else _OPEN  # "what is the fee going to be"
    if after_pronoun and (len(words) <= 3 or sentence.has_relative):
        return _CLOSED if words[0] != "that" else _OPEN
    return NEUTRAL if words == ("not",) else _SURELY_OPEN


def _subordinate(sentence: Sentence) -> bool:
    """Whether a clause was opened that waits for its main clause."""
    language, words = sentence.language, sentence.body
    if words[0] not in language.subordinators:
        return False
    if words[0] == "when" and len(words) > 1 and words[1] in language.auxiliaries:
        return False  # "when is he coming"
    return _verbs_in(words, language) < (2 if words[0] != "to" or sentence.has_comma else 3)


def _subordinate_clause(sentence: Sentence) -> float | None:
    if not _subordinate(sentence):
        return None
    return _PERHAPS_OPEN if sentence.body[0] in ("because", "to") and len(sentence.body) < 5 else 0.1


# --- what is surely closed, and what is left ------------------------------------------


def _question(sentence: Sentence) -> float | None:
    if not sentence.is_question:
        return None
    whole = len(sentence.body) >= 4 or sentence.mark == "?"
    return 0.9 if whole else _PERHAPS_CLOSED


def _verbs_in(words: tuple[str, ...], language: Language) -> int:
    """How many clauses there seem to be: verbs, those of one group counted once."""
    count, was_verb = 0, False
    for word in words:
        is_verb = (
            word in language.verbs or (len(word) > 4 and word.endswith("ed")) or word.rstrip("s") in language.verbs
        )
        count += is_verb and not was_verb
        was_verb = is_verb
    return count


def _clause(sentence: Sentence, *, lift: float = 0.0) -> float | None:
    language, words = sentence.language, sentence.body
    if not language.verbs:
        return _PERHAPS_CLOSED + lift
    if _verbs_in(words, language):
        return (_CLOSED if len(words) >= 4 else 0.65) + lift
    return (_PERHAPS_CLOSED if len(words) <= 4 else 0.45) + lift


_RULES: tuple[Callable[[Sentence], float | None], ...] = (
    _filler,
    _number,
    _spelling,
    _address,
    _answer,
    _closing,
    _opener,
    _demand,
    _particle,
    _auxiliary,
    _subordinate_clause,
    _question,
    _clause,
)
