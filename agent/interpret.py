"""What kind of utterance it is: an answer, yes, no, a correction, a goodbye. English.

Only markers that stand at its beginning are read, and cut off: what is left is
the value that was said with them ("No, wait, it was the bathroom").
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Intent(StrEnum):
    """What the caller wants with an utterance."""

    ANSWER = "answer"
    YES = "yes"
    NO = "no"
    CORRECTION = "correction"
    """Takes back something said before, without saying no: "actually", "wait", "I meant"."""
    REPEAT = "repeat"
    """Has not understood us."""
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


_PAUSE: Final = r"$|[,.;:!?…—-]"
_CLAUSE: Final = r"it|it's|it’s|its|that|that's|that’s|the|my|our|i|i'm|i’m|not|this|he|she|we|they"
_MARKER: Final = r"wait|hold|hang|sorry|actually|rather|correction|no|yes|yeah|wrong|thank|thanks|please"
_AFTER_YES: Final = rf"(?={_PAUSE}|\s+(?:{_CLAUSE}|{_MARKER})\b)"
_AFTER_NO: Final = rf"(?={_PAUSE}|\s+(?:{_CLAUSE}|{_MARKER}|at|on|in)\b)"
"""A marker counts when a pause follows, or a word that begins a new clause: "no one" is no "no"."""
_YES: Final = re.compile(
    r"(?:(?:yes|yeah|yep|yup|mm-?hmm|uh-?huh)\b|(?:(?:that|this|it|everything|all)(?:'s|’s| is| was| sounds| looks)?"
    r"(?: all| perfectly| absolutely)? (?:right|correct|true|fine|good|okay|ok|it|perfect)"
    r"|right|correct|sure|exactly|absolutely|perfect|certainly|of course|okay|ok|all right|alright|sounds good"
    r"|looks good|fine|please|please do|go ahead|thank you|thanks|i do|it is|it does|good)" + _AFTER_YES + ")",
    re.IGNORECASE,
)
_NO: Final = re.compile(r"(?:nope\b|nah\b|(?:no|not quite|not really|not exactly)" + _AFTER_NO + ")", re.IGNORECASE)
_WRONG: Final = re.compile(
    r"(?:(?:that|this|it)(?:'s|’s| is| was)(?: all)? (?:wrong|incorrect|not (?:right|correct|true|it)|false)\b"
    r"|(?:that|this|it) (?:isn|wasn)['’]t (?:right|correct|true|it)\b"
    r"|you (?:got|have|understood) (?:that|it|me) wrong\b"
    r"|you misunderstood(?: me)?\b|(?:wrong|incorrect|not right|not correct)" + _AFTER_NO + ")",
    re.IGNORECASE,
)
_CORRECTION: Final = re.compile(
    r"(?:actually\b|correction\b|i meant(?: to say)?\b|i said\b|let me correct (?:that|myself)\b|i made a mistake\b"
    r"|(?:wait(?: a (?:moment|minute|second))?|hold on|hang on|sorry|i'm sorry|i’m sorry|i am sorry|excuse me|rather"
    r"|one moment|i mean)" + _AFTER_NO + ")",
    re.IGNORECASE,
)
_CONNECTION: Final = re.compile(r"(?:but|and|well|so|um+|uh+|erm|oh|hmm+|ah)\b(?!-)", re.IGNORECASE)
_GAP: Final = " \t\n,.;:!?…—-"

_GOODBYE: Final = re.compile(
    r"(?:(?:good ?)?bye(?: ?bye)?(?: now)?|that is all|that's all|that will be all|that would be all|nothing else"
    r"|hang up|please hang up|i have to go|i've got to go|i need to go|see you|talk to you later)"
)
_POLITENESS: Final = re.compile(
    r"\b(?:no|yes|okay|ok|well|alright|all right|thanks|thank you|very much|so much|for your help|for now|great"
    r"|perfect|right|correct|that is (?:right|correct)|that's (?:right|correct)|have a (?:nice|good|great) (?:day|one)"
    r"|you too|and|then|i think|from me|sorry)\b"
)
_REPEAT: Final = re.compile(
    r"(?:what|sorry|pardon|pardon me|excuse me|huh|come again|say again|what was that|what did you say|how do you mean"
    r"|what do you mean|i beg your pardon|(?:sorry )?i (?:did not|didn't|could not|couldn't|can't|cannot) "
    r"(?:understand|hear|get|catch)(?: (?:that|you|it|what you said))?"
    r"|(?:can|could|would|will) you (?:please )?(?:repeat|say)(?: (?:that|it|the question))?(?: again)?(?: please)?"
    r"|(?:please )?(?:repeat|say)(?: (?:that|it|the question))?(?: again)?(?: please)?|what was the question|once more)"
)
_UNKNOWN: Final = re.compile(
    r"(?:i (?:really )?(?:don't|do not) (?:know|remember|recall|have (?:it|one|any|that))(?: (?:it|that|right now|now"
    r"|with me|here|at the moment))*|no idea|i have no idea|i'm not sure|i am not sure|not sure|skip(?: (?:it|that|this"
    r"|this one|that one))?|next(?: question)?|i can't (?:say|remember|tell)|i(?:'d| would) rather not(?: say)?"
    r"|(?:i have )?none)"
)
_WANTS_HUMAN: Final = re.compile(
    r"\b(?:talk|speak|connect|connected|transfer|transferred|put me through|get me|give me|want)\b.*"
    r"\b(?:human|real person|person|agent|operator|representative|colleague|employee)\b"
    r"|(?:a |an )?(?:human|operator|representative|real person)(?: please)?$"
)
_MOST_WORDS_OF_A_WISH: Final = 12
_OPENINGS_OF_EXCUSES: Final = re.compile(r"\b(?:sorry|well|oh|um+|uh+|no|actually|please)\b")
_HESITATIONS: Final = frozenset({"uh", "um", "oh", "hello", "hi", "well", "erm"})
_NOISE: Final = re.compile(r"hello|hi|hey|hm+|mm+|um+|uh+|uhm|erm|er|ah|oh|so|well|and|but|the|a|i|you|are|there")


_QUOTES = " \t\n\"'`“”‘’«»-–—"


def interpret(utterance: str) -> Heard:
    """Tell what kind of utterance this is."""
    words = _words(utterance)
    whole = _whole(words)
    if whole is not None:
        return Heard(whole)
    # Recognisers put quotation marks around what sounds like direct speech.
    rest = _without(utterance.strip(_QUOTES), _CONNECTION)
    said_yes = said_no = is_correction = False
    while rest:
        if match := _YES.match(rest):
            said_yes = True
        elif match := _WRONG.match(rest):
            said_no = is_correction = True
        elif match := _NO.match(rest):
            said_no = True
        elif match := _CORRECTION.match(rest):
            is_correction = True
        else:
            break
        rest = _without(rest[match.end() :].lstrip(_GAP), _CONNECTION)
    if said_no:
        return Heard(Intent.NO, rest, is_correction)
    if is_correction:
        return Heard(Intent.CORRECTION, rest, is_correction=True) if rest else Heard(Intent.NOISE)
    if said_yes:
        return Heard(Intent.YES, rest)
    return Heard(Intent.ANSWER, utterance.strip())


def wants_human(utterance: str) -> bool:
    """Whether the caller asks for a human, and for nothing else."""
    words = _words(utterance)
    return len(words.split()) <= _MOST_WORDS_OF_A_WISH and _WANTS_HUMAN.search(words) is not None


def _whole(words: str) -> Intent | None:
    """Recognise utterances that mean one thing as a whole."""
    if all(_NOISE.fullmatch(word) for word in words.split()):
        return Intent.NOISE
    if _REPEAT.fullmatch(" ".join(word for word in words.split() if word not in _HESITATIONS)):
        return Intent.REPEAT
    bare = " ".join(_POLITENESS.sub(" ", words).split())
    if bare and _GOODBYE.fullmatch(bare):
        return Intent.GOODBYE
    if re.search(r"\b(?:good ?)?bye(?: bye)?$", words) and _is_short(words):
        return Intent.GOODBYE
    bare = " ".join(_OPENINGS_OF_EXCUSES.sub(" ", words).split())
    if _UNKNOWN.fullmatch(words) or _UNKNOWN.fullmatch(bare):
        return Intent.UNKNOWN
    return None


def _is_short(words: str) -> bool:
    """Whether so little is said that it cannot hold a value too."""
    return len(words.split()) <= 6


def _words(utterance: str) -> str:
    """Lower case, without punctuation."""
    return " ".join(re.sub(r"[^\w']+", " ", utterance.casefold().replace("’", "'")).split())


def _without(text: str, opening: re.Pattern[str]) -> str:
    """Cut openings off the beginning, with the gaps behind them, unless nothing else is left."""
    while match := opening.match(text):
        rest = text[match.end() :].lstrip(_GAP)
        if not rest:
            break
        text = rest
    return text
