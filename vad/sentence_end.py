"""Has the caller finished, by the words alone? Sans-IO; some 30 µs.

Rules in the order of ``_SURE_RULES`` and ``_RULES``, the first that applies judges: what is
surely open (a filler, half a number, an article), what is surely closed ("yes", "thank you"),
and what a clause looks like. Where they are not sure, a table of how sentences end is weighed
in. A recogniser's full stop counts little, for most write one after anything; its comma much.
"""

import math
import re
from collections.abc import Callable

from vad import dictation
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

_GROUP_FIRST = 0.4
"""Place, time or purpose without a verb: all of an answer, or the head of a sentence."""
_HALF_OPEN = 0.3
"""A group of words that often goes on, but may be all."""

# The table alone wants 1.0, by a logistic regression on whole and cut requests; less leaves the rules their say.
_TABLE_WEIGHT = 0.6
_MOST_WEIGHED = 0.93
"""Words that were weighed leave something to be heard."""
_FURTHEST_LOGIT = 4.0

_PUNCTUATION_LOGIT = {"?": 0.7, "!": 0.2, ".": 0.1, ",": -2.0, ":": -0.7, ";": -0.7, "-": -1.5, "…": -1.5}

_SUPERLATIVE = re.compile(r"[a-z]{3,}est|best|worst|most|least")


def primary_language(tag: str) -> str:
    """The first part of a language tag: ``en`` of ``en-US``."""
    return tag.replace("_", "-").partition("-")[0].lower()


class SentenceEnd:
    """The rules for one language; holds no state."""

    def __init__(self, language: str = "en", table: WordTable | None = None) -> None:
        """Choose the words.

        Args:
            language: A tag such as ``en`` or ``en-US``; for one that is not known, every text is neutral.
            table: How sentences of that language end; without it the rules judge alone.
        """
        self._name = primary_language(language)
        self._language = LANGUAGES.get(self._name)
        self._table = table

    def finished(self, text: str, language: str = "") -> float:
        """How likely it is that who said this has finished, 0 to 1; 0.5 for nobody knows.

        Args:
            text: What is understood of the turn so far, with or without punctuation.
            language: Of the text, as a tag; empty: ours. A text in another one is neutral.
        """
        if self._language is None or (language and primary_language(language) != self._name):
            return NEUTRAL
        sentence = read_sentence(text, self._language)
        if sentence is None:
            return NEUTRAL
        for rule in _SURE_RULES:
            judged = rule(sentence)
            if judged is not None:
                return _shifted(judged, sentence.mark)
        for rule in _RULES:
            judged = rule(sentence)
            if judged is not None:
                return self._weighed(_shifted(judged, sentence.mark), sentence.words)
        return NEUTRAL

    def _weighed(self, judged: float, words: tuple[str, ...]) -> float:
        """The judgement of the rules, and that of the table where the rules are not sure."""
        if self._table is None or not DECIDED_BELOW < judged < DECIDED_ABOVE:
            return judged
        table = min(max(self._table.logit(words), -_FURTHEST_LOGIT), _FURTHEST_LOGIT)
        weighed = _probability(_logit(judged) + _TABLE_WEIGHT * table)
        return min(weighed, _MOST_WEIGHED)


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


_BEING = frozenset({"am", "is", "are", "was", "were"})
_FIRST_OF_CLAUSE = frozenset({("that",), ("it",)})


def _answer(sentence: Sentence) -> float | None:
    """Nothing but "yes", "no thank you", "okay": a whole answer."""
    language = sentence.language
    if all(word in language.answers for word in sentence.words):
        if sentence.last in language.subjects or (len(sentence.words) == 1 and sentence.last in language.auxiliaries):
            return None
        if sentence.endings & language.demanding or sentence.last in language.openers:
            return None
        if len(sentence.words) > 1 and sentence.body in _FIRST_OF_CLAUSE:
            return _OPEN  # "yes, that"
        if (
            sentence.last in ("is", "so", "very", "of", "have", "think", "hope", "guess")
            and "so" not in sentence.words[:-1]
        ):
            return None if sentence.last != "so" or len(sentence.words) < 3 else _SURELY_CLOSED
        if sentence.last == "am" and sentence.body == sentence.words:
            return None  # "I am"
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
            if last == "like" and sentence.is_question:
                return _SURELY_CLOSED  # "what is it like"
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
        if len(sentence.words) > 1 and sentence.words[-2] in language.passives:
            return None  # "nobody was hurt"
        return _PERHAPS_CLOSED if sentence.has_relative or len(sentence.words) == 1 else 0.15
    if sentence.last in language.completed and len(sentence.body) > 2 and not _is_noun(sentence):
        return _PERHAPS_CLOSED if sentence.has_relative else _HALF_OPEN
    if sentence.last in language.numbered and len(sentence.words) > 2:
        before = sentence.words[-2]
        if before in language.prepositions or not any(word in language.determiners for word in sentence.words[-5:-1]):
            return _OPEN
    if sentence.last in language.hanging_adverbs and len(sentence.words) > 1:
        is_all = sentence.words[-2:] == ("be", "all")
        return _OPEN if sentence.words[-2] in language.auxiliaries and not is_all else None
    return None


def _is_noun(sentence: Sentence) -> bool:
    """Whether the last word, that could be a verb, is something: "your help", "I need help"."""
    before, language = sentence.words[-2], sentence.language
    is_verb = before in language.verbs and before not in language.auxiliaries
    return sentence.is_question or before in language.determiners or is_verb


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
    if after_pronoun and len(words) > 2 and words[-3] == "than":
        return _CLOSED  # "more than he was"
    if sentence.is_question and sentence.has_relative and sentence.last in ("be", "is", "are", "was", "have", "do"):
        return _PERHAPS_CLOSED if len(words) > 3 else _OPEN  # "what is the fee going to be"
    if after_pronoun and len(words) == 2 and len(sentence.words) == 2 and sentence.last in _BEING:
        return _OPEN  # "you are"; but "yes, you are"
    if after_pronoun and (len(words) <= 3 or sentence.has_relative):
        return _CLOSED if words[0] != "that" else _OPEN
    if _asks_indirectly(sentence):
        return _PERHAPS_CLOSED
    return NEUTRAL if words == ("not",) else _SURELY_OPEN


def _asks_indirectly(sentence: Sentence) -> bool:
    """Whether a question word and this verb are one clause: "tell me where my car is"."""
    language, words = sentence.language, sentence.body
    at = next((spot for spot in range(len(words) - 2, 0, -1) if words[spot] in language.interrogatives), None)
    if at is None or len(words) - at <= 2 or words[-1] not in _BEING or words[-2] == "there":
        return False
    return not _verbs_in(words[at + 1 : -1], language)


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
        if len(words) > 2 and words[-2] == "the" and _SUPERLATIVE.fullmatch(words[-1]):
            return _HALF_OPEN  # "Sunday is the best"
        return (_CLOSED if len(words) >= 4 else 0.65) + lift
    if words[0] in language.leading and len(words) > 1 and words[-1] not in language.answers:
        return _GROUP_FIRST + lift
    return (_PERHAPS_CLOSED if len(words) <= 4 else 0.45) + lift


_SURE_RULES: tuple[Callable[[Sentence], float | None], ...] = (
    _filler,
    dictation.number,
    dictation.spelling,
    dictation.address,
    _answer,
)
"""What they judge the table knows nothing of."""

_RULES: tuple[Callable[[Sentence], float | None], ...] = (
    _closing,
    _opener,
    _demand,
    _particle,
    _auxiliary,
    _subordinate_clause,
    _question,
    _clause,
)
