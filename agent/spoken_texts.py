"""Free text as it is said, without what speech adds to it: "um", "well, it's", "my name is"."""

import re
from typing import Final

from agent.claim import ClaimField
from agent.errors import Refusal
from agent.spoken_numbers import DIGITS, digit_runs

_HESITATIONS: Final = re.compile(r"(?:,\s*)?\b(?:um+|uh+|uhm|erm|hmm+)\b[,.]*", re.IGNORECASE)
_OPENINGS: Final = re.compile(r"(?:well|so|okay|ok|oh|yeah|you know|i mean|let me see)\b[,.]*\s+", re.IGNORECASE)
_POINTERS: Final = re.compile(
    r"(?:it(?:'s|’s| is| was| happened| occurred)|that(?:'s|’s| is| was)|this is"
    r"|i(?:'m|’m| am)|they call me)\b[,:]?\s+",
    re.IGNORECASE,
)
"""Words that point at a value that follows; "It was raining" is not such a case, see ``_AFTER_POINTER``."""
_AFTER_POINTER: Final = re.compile(
    r"(?:in|at|on|near|by|behind|next|outside|inside|under|opposite|the|an?|my|our|his|her|their|[A-Z0-9])(?:\b|\w+)"
)
_FUNCTION_WORDS: Final = frozenset({"and", "van", "von", "de", "der", "den", "la", "le", "di", "da", "bin", "al"})
_CODE_WORDS: Final = re.compile(r"\b(?:number|code|id|reference)\b", re.IGNORECASE)
_CODE_TOKEN: Final = re.compile(r"[A-Za-z]|[A-Za-z0-9/-]*[0-9][A-Za-z0-9/-]*")
_SPEAKING: Final = re.compile(r"\s+(?:speaking|here)$", re.IGNORECASE)
_MOST_NAME_WORDS: Final = 5


class NothingSaid(ValueError):
    """No word is left of what was said.

    Attributes:
        refusal: That nothing was said.
    """

    def __init__(self) -> None:
        super().__init__(Refusal.NOTHING_SAID.value)
        self.refusal = Refusal.NOTHING_SAID


def parse_text(field: ClaimField, said: str) -> str:
    """Give the text in its normal form: trimmed, freed of fillers, its first letter a capital.

    A lead-in that repeats the field's name is cut ("my name is"); for a field that
    is a number or a code, digits that were said one by one are joined ("4711").

    Raises:
        NothingSaid: No word is left.
    """
    text = " ".join("".join(character for character in said if character.isprintable() or character.isspace()).split())
    before = None
    while text != before:
        before = text
        text = _normal_step(field, text)
    return text


def _normal_step(field: ClaimField, text: str) -> str:
    """Come one step nearer to the normal form, which is where this changes nothing more."""
    shorter = _shorter(field, text)
    if shorter != text:
        return shorter
    if not any(character.isalnum() for character in text):
        raise NothingSaid
    if is_code(field):
        return _joined_code(text)
    if is_name(field):
        return _capitalized_name(text)
    return text[0].upper() + text[1:]


def is_code(field: ClaimField) -> bool:
    """Whether the value is a number or a code, to be written and read digit by digit."""
    return bool(_CODE_WORDS.search(field.spoken_name) or _CODE_WORDS.search(field.description))


def is_name(field: ClaimField) -> bool:
    """Whether the value is somebody's name."""
    return field.name.endswith("name")


def _shorter(field: ClaimField, text: str) -> str:
    """Take one layer of what speech adds off a text."""
    text = " ".join(_HESITATIONS.sub(" ", text).split()).strip(" ,;:")
    text = _without_final_stop(text)
    if is_name(field):
        text = _SPEAKING.sub("", text)
    opening = _OPENINGS.match(text) or _lead_in(field).match(text)
    if opening and opening.end() < len(text):
        return text[opening.end() :]
    pointer = _POINTERS.match(text)
    if pointer and (is_name(field) or _AFTER_POINTER.match(text, pointer.end())):
        return text[pointer.end() :]
    return text


def _lead_in(field: ClaimField) -> re.Pattern[str]:
    """Match "my policy number is", "the number is": any ending of the field's own name."""
    words = [re.escape(word) for word in field.spoken_name.split()]
    endings = "|".join(r"\s+".join(words[start:]) for start in range(len(words)))
    return re.compile(
        rf"(?:my|the|our|his|her|its|your)\s+(?:{endings})\s+(?:is|was|would be)\b[,:]?\s+", re.IGNORECASE
    )


def _without_final_stop(text: str) -> str:
    """Drop the stop that a recogniser puts behind a single sentence."""
    if text.endswith(".") and ". " not in text and "? " not in text:
        return text.rstrip(". ")
    return text


def _joined_code(text: str) -> str:
    """Join digits and letters that were said one by one; other text keeps its words."""
    words = [word.strip(",.;:") for word in text.split()]
    tokens = [_code_token(word) for word in words if word]
    if all(tokens) and any(character.isdigit() for token in tokens for character in token):
        return "".join(tokens).upper()
    runs = [run for run in digit_runs(text) if len(run) >= 3]
    if len(runs) == 1 and any(word.casefold() in DIGITS for word in words):
        return runs[0]
    return text[0].upper() + text[1:]


def _code_token(word: str) -> str:
    """Give what one word adds to a code, or nothing if it is not part of one."""
    folded = word.casefold()
    if folded in DIGITS:
        return DIGITS[folded] if len(folded) > 1 else word
    if folded in {"dash", "hyphen", "minus"}:
        return "-"
    return word if _CODE_TOKEN.fullmatch(word) else ""


def _capitalized_name(text: str) -> str:
    """Give each part of a short name its capital, if the recogniser wrote it small."""
    words = text.split(" ")
    if len(words) > _MOST_NAME_WORDS:
        return text[0].upper() + text[1:]
    return " ".join(word if word in _FUNCTION_WORDS else word[:1].upper() + word[1:] for word in words)
